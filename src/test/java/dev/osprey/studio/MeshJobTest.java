package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.jobs.Bench;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.Job.State;
import dev.osprey.mesh.Glb;
import dev.osprey.mesh.Mesh;
import dev.osprey.mesh.MeshAnalysis;
import dev.osprey.mesh.Obj;
import dev.osprey.mesh.Ply;
import dev.osprey.mesh.Stl;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a solid is made anew and when not. */
class MeshJobTest {

    private final StudioBench bench;

    MeshJobTest(@TempDir Path folder) {
        bench = new StudioBench(folder);
    }

    @AfterEach
    void close() throws InterruptedException {
        bench.close();
    }

    private Job made(Job picture, String format) throws Exception {
        Job solid = bench.solid(picture, format, StudioBench.ONE);
        assertEquals(State.SUCCEEDED, solid.state(), solid::toString);
        return solid;
    }

    private static boolean cached(Job solid) {
        return Fields.object(solid.result().orElseThrow()).orElseThrow().getBoolean("cached");
    }

    private byte[] file(Job solid) throws IOException {
        return Files.readAllBytes(bench.jobs.file(
                solid,
                solid.artifacts().stream()
                        .filter(artifact -> artifact.name().startsWith("model_"))
                        .findFirst()
                        .orElseThrow()));
    }

    @Test
    void isMadeOnceForEveryPictureWithTheSamePixels() throws Exception {
        Job first = made(bench.upload(1, StudioBench.ONE), "stl");
        assertFalse(cached(first));
        Job second = made(bench.upload(1, StudioBench.ONE), "stl");
        assertTrue(cached(second));
        assertArrayEquals(file(first), file(second));
        assertEquals(1, bench.runs());
        assertFalse(cached(made(bench.upload(2, StudioBench.ONE), "stl")));
        assertEquals(2, bench.runs());
    }

    /** The same network and version throughout: what the manifest says makes another model of it. */
    @Test
    void isNotTheOldModelsOnceAnotherManifestIsServed() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        byte[] near = file(made(picture, "stl"));

        bench.see("inverse-depth", 1, 2, 3, 4);
        bench.models.swap("depth", 1);
        Job far = made(picture, "stl");
        assertFalse(cached(far));
        assertFalse(Arrays.equals(near, file(far)), "The other model sees the other way round");
        assertTrue(cached(made(picture, "stl")));

        bench.see("depth", 1, 2, 3, 4);
        bench.models.swap("depth", 1);
        Job again = made(picture, "stl");
        assertTrue(cached(again));
        assertArrayEquals(near, file(again));
        assertEquals(2, bench.runs());
    }

    /** Whatever the versions have in common. */
    @Test
    void isNotTheOldModelsOnceOtherWeightsOrAnotherVersionAreServed() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        byte[] before = file(made(picture, "stl"));

        bench.see("depth", 4, 3, 2, 1);
        bench.models.swap("depth", 2);
        Job other = made(picture, "stl");
        assertFalse(cached(other));
        assertFalse(Arrays.equals(before, file(other)), "Other weights see something else");

        bench.models.swap("depth", 1);
        assertFalse(cached(made(picture, "stl")));
    }

    private Mesh mesh(Job solid, MeshFormat format) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(file(solid));
        int most = 1_000_000;
        return switch (format) {
            case STL -> Stl.read(bytes, most);
            case OBJ -> Obj.read(bytes, most);
            case GLB -> Glb.read(bytes, most);
            case PLY -> Ply.read(bytes, most);
        };
    }

    @Test
    void isComputedOnceForAllFormats() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        Set<MeshAnalysis> meshes = new HashSet<>();
        Set<String> measures = new HashSet<>();
        for (MeshFormat format : MeshFormat.values()) {
            Job solid = made(picture, format.wireName());
            assertFalse(cached(solid));
            meshes.add(MeshAnalysis.of(mesh(solid, format)));
            JsonObjectBuilder told = Json.createObjectBuilder(
                    Fields.object(solid.result().orElseThrow()).orElseThrow());
            measures.add(told.remove("file_size").build().toString());
        }
        assertEquals(1, bench.runs());
        assertEquals(1, meshes.size(), meshes::toString);
        assertEquals(1, measures.size(), measures::toString);
        for (MeshFormat format : MeshFormat.values()) {
            assertTrue(cached(made(picture, format.wireName())));
        }
        assertEquals(1, bench.runs());
    }

    /** What is kept loses nothing: a file does not tell whether it was the first. */
    @Test
    void isTheSameInWhateverOrderTheFormatsAreMade() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        List<byte[]> first = new ArrayList<>();
        for (MeshFormat format : MeshFormat.values()) {
            bench.cache.clear();
            first.add(file(made(picture, format.wireName())));
        }
        assertEquals(MeshFormat.values().length, bench.runs());
        bench.cache.clear();
        List<MeshFormat> formats = Arrays.asList(MeshFormat.values());
        for (int i = formats.size() - 1; i >= 0; i--) {
            assertArrayEquals(first.get(i), file(made(picture, formats.get(i).wireName())), formats.get(i)::wireName);
        }
        assertEquals(formats.size() + 1, bench.runs());
    }

    @Test
    void isComputedOnceWhereAllFormatsAreAskedForAtOnce() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        List<Job> solids = new ArrayList<>();
        for (MeshFormat format : MeshFormat.values()) {
            solids.add(bench.studio.submit(StudioBench.request(picture, format.wireName()), StudioBench.ONE));
        }
        for (Job solid : solids) {
            assertEquals(State.SUCCEEDED, Bench.finished(bench.jobs, solid).state());
        }
        assertEquals(1, bench.runs());
    }

    @ParameterizedTest
    @CsvSource({"solid.glb, 100", "measures.json, 0"})
    void isMadeAnewWhereWhatWasKeptIsDamaged(String damaged, int bytes) throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        byte[] stl = file(made(picture, "stl"));
        try (Stream<Path> kept = Files.walk(bench.cacheFolder)) {
            for (Path file : kept.filter(each -> each.endsWith(damaged)).toList()) {
                Files.write(file, new byte[bytes]);
            }
        }
        Job glb = made(picture, "glb");
        assertEquals(2, bench.runs());
        assertEquals(
                MeshAnalysis.of(Stl.read(ByteBuffer.wrap(stl), 1_000_000)), MeshAnalysis.of(mesh(glb, MeshFormat.GLB)));
    }

    /** Nothing but what the client asked for is left with the job. */
    @Test
    void leavesTheKeptSolidOutOfTheJobsFolder() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        for (String format : List.of("stl", "ply")) {
            try (Stream<Path> files = Files.list(bench.jobs.folder(made(picture, format)))) {
                assertEquals(
                        Set.of("source.png", "result.json", "model." + format),
                        files.map(file -> String.valueOf(file.getFileName())).collect(Collectors.toSet()));
            }
        }
    }
}
