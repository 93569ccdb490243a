package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Python;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What trimesh, which shares no code with us, makes of the files. */
class TrimeshIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Path written(String name, Shapes.Writer writer) throws IOException {
        Path path = folder.resolve(name);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writer.write(channel);
        }
        return path;
    }

    private static Map<Path, JsonObject> judged(List<Path> files) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("src/test/python/judge_meshes.py"));
        files.forEach(file -> arguments.add(file.toString()));
        Python.Run run = Python.with("numpy, trimesh, PIL", "src/test/python/requirements.txt")
                .run(arguments);
        assertEquals(0, run.status(), run.output());
        List<String> lines =
                run.output().lines().filter(line -> line.startsWith("{")).toList();
        assertEquals(files.size(), lines.size(), run.output());
        Map<Path, JsonObject> verdicts = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            verdicts.put(
                    files.get(i),
                    Json.createReader(new StringReader(lines.get(i))).readObject());
        }
        return verdicts;
    }

    private static double number(JsonObject verdict, String name) {
        return verdict.getJsonNumber(name).doubleValue();
    }

    private static void assertAgrees(Mesh mesh, JsonObject verdict, Path file) {
        MeshAnalysis ours = MeshAnalysis.of(mesh);
        String both = file.getFileName() + ": " + verdict + ", " + ours;
        assertTrue(verdict.getBoolean("watertight"), both);
        assertTrue(verdict.getBoolean("consistent"), both);
        assertTrue(number(verdict, "volume") > 0, both);
        assertEquals(ours.volume(), number(verdict, "volume"), 1e-4 * ours.volume(), both);
        assertEquals(ours.area(), number(verdict, "area"), 1e-4 * ours.area(), both);
        assertEquals(ours.eulerNumber(), verdict.getInt("euler"), both);
        assertEquals(ours.triangles(), verdict.getInt("triangles"), both);
        assertEquals(ours.vertices(), verdict.getInt("vertices"), both);
        assertEquals(
                ours.bounds().depth(),
                verdict.getJsonArray("extents").getJsonNumber(2).doubleValue(),
                1e-3,
                both);
    }

    @Test
    void everySolidIsOneInEveryFormat() throws IOException, InterruptedException {
        Map<Path, Mesh> files = new LinkedHashMap<>();
        Map<String, Mesh> solids = Map.of(
                "cube", Shapes.cube(),
                "relief", Shapes.relief(),
                "sphere", Shapes.sphere(40, 15).fitted(100, 100, 50),
                "torus", Shapes.torus(40, 12, 5),
                "decimated", QuadricDecimation.decimated(Shapes.relief(), 1500));
        for (Map.Entry<String, Mesh> solid : solids.entrySet()) {
            Mesh mesh = solid.getValue();
            String name = solid.getKey();
            files.put(written(name + ".stl", channel -> Stl.write(mesh, channel)), mesh);
            files.put(written(name + ".obj", channel -> Obj.write(mesh, name, channel)), mesh);
            files.put(written(name + ".glb", channel -> Glb.write(mesh, channel)), mesh);
            files.put(written(name + ".ply", channel -> Ply.write(mesh, channel)), mesh);
        }
        judged(List.copyOf(files.keySet()))
                .forEach((file, verdict) -> assertAgrees(Objects.requireNonNull(files.get(file)), verdict, file));
    }

    @Test
    void whatWasWorkedOnIsSolidToo() throws IOException, InterruptedException {
        Map<Path, Mesh> files = new LinkedHashMap<>();
        for (Map.Entry<String, Mesh> worked : worked().entrySet()) {
            Mesh mesh = worked.getValue();
            files.put(written(worked.getKey() + ".stl", channel -> Stl.write(mesh, channel)), mesh);
        }
        judged(List.copyOf(files.keySet()))
                .forEach((file, verdict) -> assertAgrees(Objects.requireNonNull(files.get(file)), verdict, file));
    }

    private static Map<String, Mesh> worked() {
        Mesh sphere = Shapes.sphere(40, 15);
        Mesh torus = Shapes.torus(40, 12, 5);
        Mesh box = Shapes.cube().fitted(40, 30, 20);
        Map<String, Mesh> worked = new LinkedHashMap<>();
        worked.put(
                "closed cube",
                Repair.of(Shapes.withoutItsLastTriangle(Shapes.cube()), false).mesh());
        for (int seed = 0; seed < 10; seed++) {
            Mesh damaged = Shapes.damaged(seed % 2 == 0 ? sphere : torus, new Random(seed));
            worked.put("repaired " + seed, Repair.of(damaged, true).mesh());
        }
        worked.put(
                "cavity",
                Repair.of(Shapes.both(sphere, Shapes.sphere(40, 8)), false).mesh());
        worked.put(
                "parted",
                Repair.of(Shapes.both(box, Shapes.moved(box, 40, 30, 0)), true).mesh());
        worked.put("optimised", PrintOptimisation.of(torus.fitted(300, 300, 90)).mesh());
        worked.put("simplified", Simplification.of(torus, 500, part -> {}).mesh());
        worked.put("hollow box", Hollow.hollowed(box, 2, Shapes.MOST, part -> {}));
        worked.put("hollow relief", Hollow.hollowed(Shapes.relief(), 1, Shapes.MOST, part -> {}));
        worked.put("drained", Hollow.drained(box, 3, new Hollow.Drains(2, 4), Shapes.MOST, part -> {}));
        float[] hill = new float[60 * 40];
        byte[] foreground = new byte[hill.length];
        for (int i = 0; i < hill.length; i++) {
            int row = i / 60;
            double distance = Math.hypot(i % 60 - 29.5, row - 19.5);
            hill[i] = (float) Math.cos(distance / 15);
            foreground[i] = (byte) (distance + 2 * Math.sin(i) < 17 ? 255 : 0);
        }
        worked.put("picture", Relief.printable(hill, foreground, 60, 40, 90, 80, 20, 2, 5, part -> {}));
        return worked;
    }

    @Test
    void theirLookIsThere() throws IOException, InterruptedException {
        Mesh textured = Shapes.relief().withTexture(Texture.of(Shapes.png()));
        Mesh coloured = Shapes.cube().withColours(new byte[24]);
        Map<Path, Mesh> files = new LinkedHashMap<>();
        files.put(written("textured.glb", channel -> Glb.write(textured, channel)), textured);
        files.put(written("textured.obj", channel -> Obj.write(textured, "textured", channel)), textured);
        written("textured.mtl", channel -> Obj.writeMaterial(Texture.of(Shapes.png()), "textured", channel));
        Files.write(folder.resolve("textured.png"), Shapes.png());
        files.put(written("coloured.glb", channel -> Glb.write(coloured, channel)), coloured);
        files.put(written("coloured.ply", channel -> Ply.write(coloured, channel)), coloured);
        files.put(written("coloured.obj", channel -> Obj.write(coloured, "coloured", channel)), coloured);
        judged(List.copyOf(files.keySet())).forEach((file, verdict) -> {
            assertAgrees(Objects.requireNonNull(files.get(file)), verdict, file);
            assertEquals(
                    file.getFileName().toString().startsWith("textured") ? "texture" : "vertex",
                    verdict.getString("look"),
                    file.toString());
        });
    }
}
