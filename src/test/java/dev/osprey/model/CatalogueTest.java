package dev.osprey.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class CatalogueTest {

    private final Path folder;

    private final TestRepository repository;

    CatalogueTest(@TempDir Path folder) {
        this.folder = folder;
        this.repository = new TestRepository(folder);
    }

    @Test
    void listsModelsAlphabetically() {
        repository.add("street").add("person").add("hand-2");
        Catalogue catalogue = Catalogue.read(folder);
        assertEquals(List.of("hand-2", "person", "street"), catalogue.names());
        assertEquals("street", catalogue.manifest("street").name());
        assertEquals(Optional.empty(), catalogue.find("sky"));
    }

    @Test
    void listsTheModelsOfAKind() {
        repository.add("street").add("person").addLetters("coach", patch -> patch);
        Catalogue catalogue = Catalogue.read(folder);
        assertEquals(List.of("person", "street"), catalogue.names(ModelKind.SEGMENTATION));
        assertEquals(List.of("coach"), catalogue.names(ModelKind.LETTERS));
        assertEquals(List.of(), catalogue.names(ModelKind.PALM_DETECTION));
    }

    @Test
    void passesByWhatIsNoModel() throws IOException {
        repository.add("person");
        Files.createDirectories(folder.resolve("Export Tools"));
        Files.writeString(folder.resolve("README.md"), "models");
        assertEquals(List.of("person"), Catalogue.read(folder).names());
    }

    @Test
    void servesAnEmptyRepository() {
        assertEquals(List.of(), Catalogue.read(folder).names());
    }

    @Test
    void refusesARepositoryThatIsNotThere() {
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> Catalogue.read(folder.resolve("elsewhere")));
        assertEquals(ErrorCode.MODEL_INVALID, refusal.code());
        assertEquals("The model repository is not a folder that can be read", refusal.detail());
    }

    @Test
    void reportsEveryProblemOfEveryManifestInOneMessage() throws IOException {
        repository
                .add("a", patch -> patch.replace("/name", "b").remove("/licence"))
                .write("broken", "{\"name\":")
                .add("c", patch -> patch.replace("/version", 3))
                .add("Street_Scenes", patch -> patch.replace("/output/decoder", "boxes"))
                .add("d")
                .add("good");
        Files.delete(repository.file("d", 1));
        String detail = refusal();
        assertTrue(detail.startsWith("The model repository has 8 problem(s): "), detail);
        assertTrue(detail.contains("a/model.json: name is \"b\", expected the folder's name \"a\""), detail);
        assertTrue(detail.contains("a/model.json: licence is missing or no text"), detail);
        assertTrue(detail.contains("broken/model.json: it is not a JSON object: "), detail);
        assertTrue(detail.contains("c/model.json: sha256 has no entry for version 3"), detail);
        assertTrue(detail.contains("c/3/model.onnx is missing"), detail);
        assertTrue(detail.contains("the folder \"Street_Scenes\" is no model name"), detail);
        assertTrue(detail.contains("Street_Scenes/model.json: output.decoder is \"boxes\", expected mask"), detail);
        assertTrue(detail.contains("d/1/model.onnx is missing"), detail);
    }

    @Test
    void namesTheModelsThereAreWhereOneIsUnknown() {
        repository.add("person").add("street");
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> Catalogue.read(folder).manifest("sky"));
        assertEquals(ErrorCode.MODEL_UNKNOWN, refusal.code());
        assertEquals("There is no model \"sky\"; there are: person, street", refusal.detail());
    }

    @Test
    void hasTheVersionsWithBothAChecksumAndAFile() throws IOException {
        repository.add("person", patch -> patch.add("/sha256/3", "0".repeat(64)));
        Files.createDirectories(folder.resolve("person/4"));
        Files.writeString(folder.resolve("person/4/model.onnx"), "a version without a checksum");
        assertEquals(Set.of(1, 2), Catalogue.read(folder).versions("person"));
    }

    @Test
    void verifiesTheFileItNames() {
        repository.add("person");
        assertEquals(repository.file("person", 2), Catalogue.read(folder).verifiedFile("person", 2));
    }

    @Test
    void refusesAFileThatIsNotTheOneOfTheManifest() {
        repository.add("person").corrupt("person", 2, new byte[0]);
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> Catalogue.read(folder).verifiedFile("person", 2));
        assertEquals(ErrorCode.MODEL_INVALID, refusal.code());
        assertEquals(
                "person/2/model.onnx has the SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,"
                        + " its manifest says "
                        + TestRepository.personManifest()
                                .getJsonObject("sha256")
                                .getString("1"),
                refusal.detail());
    }

    @Test
    void namesEveryFileThatAVersionLacks() throws IOException {
        repository.addTextToImage(1);
        Files.delete(folder.resolve("text-encoder/1/vocab.json"));
        Files.delete(folder.resolve("text-encoder/1/merges.txt"));
        Files.delete(folder.resolve("denoiser/1/scheduler.json"));
        assertEquals(
                "The model repository has 3 problem(s): denoiser/1/scheduler.json is missing;"
                        + " text-encoder/1/vocab.json is missing; text-encoder/1/merges.txt is missing",
                refusal());
    }

    @Test
    void hasTheFilesOfEveryVersion() throws IOException {
        repository.addTextToImage(1);
        Catalogue catalogue = Catalogue.read(folder);
        assertEquals(folder.resolve("denoiser/2/scheduler.json"), catalogue.file("denoiser", 2, "scheduler.json"));
        assertThrows(IllegalArgumentException.class, () -> catalogue.file("denoiser", 2, "model.onnx"));
        Files.delete(folder.resolve("denoiser/2/scheduler.json"));
        assertEquals(Set.of(1), catalogue.versions("denoiser"));
        for (Executable use : List.<Executable>of(
                () -> catalogue.file("denoiser", 2, "scheduler.json"), () -> catalogue.verifiedFile("denoiser", 2))) {
            OspreyException refusal = assertThrows(OspreyException.class, use);
            assertEquals(ErrorCode.MODEL_UNKNOWN, refusal.code());
            assertEquals("Model \"denoiser\" has no version 2; it has: [1]", refusal.detail());
        }
    }

    @Test
    void comparesChecksumsWithoutRegardToCase() {
        String checksum =
                TestRepository.personManifest().getJsonObject("sha256").getString("1");
        repository.add("person", patch -> patch.replace("/sha256/1", checksum.toUpperCase(Locale.ROOT)));
        assertEquals(repository.file("person", 1), Catalogue.read(folder).verifiedFile("person", 1));
    }

    @Test
    void namesTheVersionsThereAreWhereOneIsUnknown() {
        repository.add("person");
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> Catalogue.read(folder).verifiedFile("person", 7));
        assertEquals(ErrorCode.MODEL_UNKNOWN, refusal.code());
        assertEquals("Model \"person\" has no version 7; it has: [1, 2]", refusal.detail());
    }

    private String refusal() {
        OspreyException refusal = assertThrows(OspreyException.class, () -> Catalogue.read(folder));
        assertEquals(ErrorCode.MODEL_INVALID, refusal.code());
        return refusal.detail();
    }
}
