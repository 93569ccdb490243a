// Clients of the sign words with socket.io-client, as its users write them: each sends frames, waits for nothing, and counts.
//
//     node signs_client.mjs http://127.0.0.1:8080 picture.jpg '{"transports": ["websocket"], "clients": 20, "frames": 30}'
//
// Prints a line of JSON for each client: the transport it ended on, its events by name, its last prediction. With "vanish" every
// second client ends its connection in the middle of the stream without a word.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { io } from "socket.io-client";

const [server, picture, text = "{}"] = process.argv.slice(2);
const options = { transports: ["websocket", "polling"], clients: 1, frames: 30, pauseMillis: 40, ...JSON.parse(text) };
const image = readFileSync(picture);

async function stream(number) {
    const socket = io(server, { transports: options.transports, reconnection: false, forceNew: true, query: options.query });
    const events = {};
    let last = null;
    socket.onAny((event, argument) => {
        events[event] = (events[event] ?? 0) + 1;
        last = event === "prediction" ? argument : last;
    });
    const status = new Promise((resolve) => socket.once("status", resolve));
    await new Promise((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("connect_error", reject);
    });
    await status;
    const acknowledgements = [];
    for (let i = 0; i < options.frames; i++) {
        // By turns as text and as a binary attachment.
        const frame = { image: i % 2 ? image : image.toString("base64") };
        acknowledgements.push(socket.timeout(30000).emitWithAck("frame", frame));
        await pause(options.pauseMillis);
    }
    if (options.vanish && number % 2) {
        acknowledgements.forEach((acknowledgement) => acknowledgement.catch(() => {}));
        socket.io.engine.transport.ws?._socket?.destroy();
        return { vanished: true };
    }
    await Promise.all(acknowledgements);
    const transport = socket.io.engine.transport.name;
    socket.disconnect();
    return { transport, events, last };
}

const results = await Promise.all(Array.from({ length: options.clients }, (_, number) => stream(number)));
results.forEach((result) => console.log(JSON.stringify(result)));
process.exit(0);
