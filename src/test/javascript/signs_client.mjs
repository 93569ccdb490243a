// Clients of the sign words with socket.io-client, as its users write them: each sends frames, waits for nothing, and counts.
//
//     NODE_PATH=target/node/node_modules node signs_client.mjs http://127.0.0.1:8080 picture.jpg \
//         '{"transports": ["websocket"], "clients": 20, "frames": 30}'
//
// Prints "streaming" when every client has sent a frame and been answered, and in the end a line of JSON for each: the transport it
// ended on, its events by name, the acknowledgements it got, its last prediction. Ends with status 1 where an answer is missing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";

// An import would look beside this file alone.
const { io } = createRequire(import.meta.url)("socket.io-client");

const PATIENCE_MILLIS = 60_000;

const [server, picture, text = "{}"] = process.argv.slice(2);
const options = { transports: ["websocket", "polling"], clients: 1, frames: 30, pauseMillis: 40, ...JSON.parse(text) };
const image = readFileSync(picture);

function happens(emitter, event) {
    return new Promise((resolve) => emitter.once(event, resolve));
}

class Client {
    constructor() {
        this.socket = io(server, { transports: options.transports, reconnection: false, forceNew: true });
        this.events = {};
        this.last = null;
        this.acknowledged = 0;
        this.socket.onAny((event, argument) => {
            this.events[event] = (this.events[event] ?? 0) + 1;
            this.last = event === "prediction" ? argument : this.last;
        });
        this.greeted = happens(this.socket, "status");
        this.connected = new Promise((resolve, reject) => {
            this.socket.once("connect", resolve);
            this.socket.once("connect_error", reject);
        });
        const changes = options.transports[0] === "polling" && options.transports.includes("websocket");
        this.changed = changes ? this.connected.then(() => this.change()) : Promise.resolve();
    }

    // The library changes the transport in its own time.
    change() {
        const { engine } = this.socket.io;
        return engine.transport.name === "websocket" ? null : happens(engine, "upgrade");
    }

    async frame(number) {
        // By turns as text and as a binary attachment.
        const argument = { image: number % 2 ? image : image.toString("base64") };
        const acknowledgement = await this.socket.timeout(PATIENCE_MILLIS).emitWithAck("frame", argument);
        if (acknowledgement !== undefined) {
            throw new Error(`an acknowledgement with ${acknowledgement}`);
        }
        this.acknowledged += 1;
    }

    async begin() {
        await this.connected;
        await this.greeted;
        await this.frame(0);
    }

    async stream() {
        const frames = [];
        for (let number = 1; number < options.frames; number++) {
            frames.push(this.frame(number));
            await pause(options.pauseMillis);
        }
        await Promise.all(frames);
        await this.changed;
        const transport = this.socket.io.engine.transport.name;
        this.socket.disconnect();
        return { transport, events: this.events, acknowledged: this.acknowledged, last: this.last };
    }
}

const clients = Array.from({ length: options.clients }, () => new Client());
await Promise.all(clients.map((client) => client.begin()));
console.log("streaming");
const results = await Promise.all(clients.map((client) => client.stream()));
results.forEach((result) => console.log(JSON.stringify(result)));
