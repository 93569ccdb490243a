package dev.osprey;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.osprey.runtime.Cancellation;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.Singleton;
import jakarta.inject.Inject;

/** The shape of Osprey, as rules; the map in words is the Javadoc of {@code dev.osprey}. */
@AnalyzeClasses(packages = "dev.osprey", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesDependDownwards = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("entrances")
            .definedBy("dev.osprey", "dev.osprey.admin..", "dev.osprey.health..", "dev.osprey.operation..")
            .layer("capabilities")
            .definedBy(
                    "dev.osprey.segmentation..",
                    "dev.osprey.signs..",
                    "dev.osprey.fingerspelling..",
                    "dev.osprey.referee..",
                    "dev.osprey.studio..")
            .layer("fencing")
            .definedBy("dev.osprey.fencing..")
            .layer("diffusion")
            .definedBy("dev.osprey.diffusion..")
            .layer("mesh")
            .definedBy("dev.osprey.mesh..")
            .layer("socketio")
            .definedBy("dev.osprey.socketio..")
            .layer("socket")
            .definedBy("dev.osprey.socket..")
            .layer("jobs")
            .definedBy("dev.osprey.jobs..")
            .layer("stream")
            .definedBy("dev.osprey.stream..")
            .layer("inference")
            .definedBy("dev.osprey.inference..")
            .layer("hands")
            .definedBy("dev.osprey.hands..")
            .layer("pose")
            .definedBy("dev.osprey.pose..")
            .layer("depth")
            .definedBy("dev.osprey.depth..")
            .layer("detection")
            .definedBy("dev.osprey.detection..")
            .layer("runtime")
            .definedBy("dev.osprey.runtime..")
            .layer("model")
            .definedBy("dev.osprey.model..")
            .layer("imaging")
            .definedBy("dev.osprey.imaging..")
            .layer("ground")
            .definedBy(
                    "dev.osprey.access..",
                    "dev.osprey.database..",
                    "dev.osprey.config..",
                    "dev.osprey.fault..",
                    "dev.osprey.metrics..",
                    "dev.osprey.trace..")
            .whereLayer("entrances")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("capabilities")
            .mayOnlyBeAccessedByLayers("entrances")
            .whereLayer("fencing")
            .mayOnlyBeAccessedByLayers("capabilities")
            .whereLayer("diffusion")
            .mayOnlyBeAccessedByLayers("capabilities")
            .whereLayer("mesh")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities")
            .whereLayer("socketio")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities")
            .whereLayer("socket")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities", "socketio")
            .whereLayer("jobs")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities")
            .whereLayer("stream")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities", "socketio", "socket")
            .whereLayer("inference")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities", "socket", "stream")
            .whereLayer("hands")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities")
            .whereLayer("pose")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities")
            .whereLayer("depth")
            .mayOnlyBeAccessedByLayers("entrances", "capabilities")
            .whereLayer("detection")
            .mayOnlyBeAccessedByLayers("hands", "pose")
            .whereLayer("runtime")
            .mayOnlyBeAccessedByLayers(
                    "entrances",
                    "capabilities",
                    "diffusion",
                    "socket",
                    "jobs",
                    "stream",
                    "inference",
                    "hands",
                    "pose",
                    "depth")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers(
                    "entrances",
                    "capabilities",
                    "diffusion",
                    "socket",
                    "jobs",
                    "stream",
                    "inference",
                    "hands",
                    "pose",
                    "depth",
                    "runtime")
            .whereLayer("imaging")
            .mayOnlyBeAccessedByLayers(
                    "entrances",
                    "capabilities",
                    "socket",
                    "stream",
                    "inference",
                    "hands",
                    "pose",
                    "depth",
                    "detection",
                    "runtime",
                    "model");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("dev.osprey.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule entrancesDoNotKnowEachOther =
            slices().matching("dev.osprey.(admin|health)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule capabilitiesDoNotKnowEachOther = slices().matching(
                    "dev.osprey.(segmentation|signs|fingerspelling|referee|studio)..")
            .should()
            .notDependOnEachOther();

    /** Runs before the server does, in its class loader, not the application's. */
    @ArchTest
    static final ArchRule startStandsAlone = noClasses()
            .that()
            .resideInAPackage("dev.osprey.start..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.osprey..").and(not(resideInAnyPackage("dev.osprey.start.."))));

    /** A process of its own, beside the server and without a container. */
    @ArchTest
    static final ArchRule clientKnowsOnlyImagingAndFaults = noClasses()
            .that()
            .resideInAPackage("dev.osprey.client..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.osprey..")
                    .and(not(resideInAnyPackage("dev.osprey.client..", "dev.osprey.imaging..", "dev.osprey.fault.."))));

    @ArchTest
    static final ArchRule nobodyKnowsTheClient = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.client..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.osprey.client..");

    @ArchTest
    static final ArchRule onlyTheClientTouchesItsCommandLine = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.client..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule onlyRuntimeTouchesOnnx = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.runtime..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule onlyImagingTouchesOpenCv = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.imaging..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule onlyTraceTouchesOpenTelemetry = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.trace..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule onlySocketioTouchesItsLibrary = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.socketio..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.socket..", "org.json..");

    @ArchTest
    static final ArchRule onlyWhatKeepsRecordsTouchesTheDatabase = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.jobs..", "dev.osprey.access..", "dev.osprey.database..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "jakarta.persistence..", "org.flywaydb..", "org.postgresql..");

    @ArchTest
    static final ArchRule jobsKnowOnlyHowToEndARun = noClasses()
            .that()
            .resideInAPackage("dev.osprey.jobs..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("dev.osprey.runtime..", "dev.osprey.stream..", "dev.osprey.inference..")
                            .and(not(assignableTo(Cancellation.class))));

    @ArchTest
    static final ArchRule imagingKnowsOnlyFaults = noClasses()
            .that()
            .resideInAPackage("dev.osprey.imaging..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.osprey..")
                    .and(not(resideInAnyPackage("dev.osprey.imaging..", "dev.osprey.fault.."))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule fencingKnowsOnlyFaults = noClasses()
            .that()
            .resideInAPackage("dev.osprey.fencing..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.osprey..", "jakarta..")
                    .and(not(resideInAnyPackage("dev.osprey.fencing..", "dev.osprey.fault.."))));

    @ArchTest
    static final ArchRule diffusionKnowsOnlyItsNetworksAndFaults = noClasses()
            .that()
            .resideInAPackage("dev.osprey.diffusion..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.osprey..", "jakarta..")
                    .and(not(resideInAnyPackage(
                            "dev.osprey.diffusion..",
                            "dev.osprey.model..",
                            "dev.osprey.runtime..",
                            "dev.osprey.fault..",
                            "jakarta.json.."))));

    @ArchTest
    static final ArchRule meshKnowsOnlyFaults = noClasses()
            .that()
            .resideInAPackage("dev.osprey.mesh..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.osprey..")
                    .and(not(resideInAnyPackage("dev.osprey.mesh..", "dev.osprey.fault.."))));

    @ArchTest
    static final ArchRule theContainerStaysAtTheEdge = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.osprey.hands..",
                    "dev.osprey.pose..",
                    "dev.osprey.mesh..",
                    "dev.osprey.detection..",
                    "dev.osprey.inference..",
                    "dev.osprey.stream..",
                    "dev.osprey.model..",
                    "dev.osprey.imaging..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.ws.rs..", "jakarta.websocket..", "jakarta.ejb..", "jakarta.servlet..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule settingsAreReadInOnePlace = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.config..", "dev.osprey.start..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.microprofile.config..")
            .orShould()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "getProperty", String.class, String.class)
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "getenv");

    @ArchTest
    static final ArchRule singletonsDeclareTheirConcurrency = classes()
            .that()
            .areAnnotatedWith(Singleton.class)
            .should()
            .beAnnotatedWith(ConcurrencyManagement.class)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule constructorsNotFields = fields().should().notBeAnnotatedWith(Inject.class);

    @ArchTest
    static final ArchRule noStandardStreams = noClasses()
            .that(not(resideInAnyPackage("dev.osprey.start..", "dev.osprey.client..")))
            .should(ACCESS_STANDARD_STREAMS);

    /** ArchUnit's own rule sees only fields of that type; this one sees every use. */
    @ArchTest
    static final ArchRule oneLoggingApi =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("java.util.logging..", "org.slf4j..");

    @ArchTest
    static final ArchRule noGenericExceptions = NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;

    @ArchTest
    static final ArchRule namesSayWhat = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Service|Handler|Processor|Dto|DTO)(\\$.*)?");
}
