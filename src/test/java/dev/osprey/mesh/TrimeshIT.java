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
