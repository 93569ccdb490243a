package dev.osprey.bench;

import dev.osprey.mesh.Mesh;
import dev.osprey.mesh.QuadricDecimation;
import dev.osprey.mesh.Relief;
import dev.osprey.mesh.Repair;
import dev.osprey.mesh.Stl;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How quickly a large mesh becomes a file, against the same bytes from memory; what repair and simplification take. */
final class MeshBenchmark {

    private static final int ROUNDS = Integer.getInteger("osprey.benchmark.mesh-rounds", 31);

    /** Rounds in which the code is compiled. */
    private static final int WARM_UP = 10;

    /** A relief of so many samples a side has just over a million triangles. */
    private static final int SIDE = 501;

    private static final int WORK_ROUNDS = 3;

    private final Benchmark benchmark;

    MeshBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    private interface Writing {
        void to(FileChannel file) throws IOException;
    }

    void run() throws IOException {
        Mesh mesh = hills(SIDE);
        Path path = Benchmark.FOLDER.resolve("mesh.stl");
        millis(path, file -> Stl.write(mesh, file));
        ByteBuffer bytes = bytes(path);
        List<Double> ours = new ArrayList<>();
        List<Double> plain = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> processorRatios = new ArrayList<>();
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long processorBefore = processorNanos();
            double plainMillis = millis(path, file -> writePlainly(bytes, file));
            long processorBetween = processorNanos();
            double ourMillis = millis(path, file -> Stl.write(mesh, file));
            double ourProcessor = processorNanos() - processorBetween;
            if (round >= 0) {
                plain.add(megabytes(bytes) / plainMillis * 1000);
                ours.add(megabytes(bytes) / ourMillis * 1000);
                ratios.add(plainMillis / ourMillis);
                processorRatios.add((processorBetween - processorBefore) / ourProcessor);
            }
        }
        Files.delete(path);
        Mesh quarter = hills(SIDE / 2 + 6);
        Page.replace(
                Benchmark.PAGE,
                "mesh",
                Page.machine(benchmark.pinned())
                        + """
                        - %d triangles, %.1f MB of binary STL into a new file, not forced to the disk; %d rounds in turn

                        | | median | min … max | target |
                        | --- | --- | --- | --- |
                        | the bytes from memory | %s MB/s | %s |  |
                        | the mesh as STL | **%s** MB/s | %s | at least 200 MB/s |
                        | ratio | **%s** | %s | at least 0.5 |
                        | ratio of processor time | %s | %s |  |

                        | work on %d triangles | processor time, median |
                        | --- | --- |
                        | repair, all of it | %s s |
                        | simplified to a tenth | %s s |
                        """.formatted(
                                        mesh.triangles(),
                                        megabytes(bytes),
                                        ROUNDS,
                                        Page.decimals(0, Samples.median(plain)),
                                        range(0, plain),
                                        Page.decimals(0, Samples.median(ours)),
                                        range(0, ours),
                                        Page.decimals(2, Samples.median(ratios)),
                                        range(2, ratios),
                                        Page.decimals(2, Samples.median(processorRatios)),
                                        range(2, processorRatios),
                                        quarter.triangles(),
                                        Page.decimals(1, seconds(() -> Repair.of(quarter, true))),
                                        Page.decimals(
                                                1,
                                                seconds(() -> QuadricDecimation.decimated(
                                                        quarter, quarter.triangles() / 10)))));
    }

    private static Mesh hills(int side) {
        float[] hills = new float[side * side];
        for (int i = 0; i < hills.length; i++) {
            int row = i / side;
            hills[i] = (float) (Math.sin(i % side / 17.0) * Math.cos(row / 23.0));
        }
        return Relief.solid(hills, null, side, side, 100, 100, 20, 2, 4 * side * side);
    }

    private static double megabytes(ByteBuffer bytes) {
        return bytes.capacity() / 1e6;
    }

    private static double millis(Path path, Writing writing) throws IOException {
        Files.deleteIfExists(path);
        long start = System.nanoTime();
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writing.to(file);
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static ByteBuffer bytes(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) file.size());
            int read = 0;
            while (bytes.hasRemaining() && read >= 0) {
                read = file.read(bytes);
            }
            return bytes;
        }
    }

    private static void writePlainly(ByteBuffer bytes, FileChannel file) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static double seconds(Runnable work) {
        List<Double> seconds = new ArrayList<>();
        for (int round = -1; round < WORK_ROUNDS; round++) {
            long start = processorNanos();
            work.run();
            if (round >= 0) {
                seconds.add((processorNanos() - start) / 1e9);
            }
        }
        return Samples.median(seconds);
    }

    private static String range(int decimals, List<Double> values) {
        return Page.decimals(decimals, Collections.min(values)) + " … "
                + Page.decimals(decimals, Collections.max(values));
    }
}
