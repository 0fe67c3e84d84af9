package dev.freshet.ops;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.AndFullName.Predicates.fullNameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.NotUsed;
import akka.stream.stage.GraphStage;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.engine.Scalars;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may lean on what, as far as Maven's modules do not hold it by themselves. */
final class ArchitectureTest {
    private static final List<String> MODULES = List.of("proto", "model", "streams", "actors", "ops");

    private static final String UNCOUNTED_OPERATORS =
            "async|buffer|detach|batch|expand|extrapolate|filter|filterNot|divertTo"
                    + "|alsoTo|wireTap|mapAsyncUnordered|mapAsyncPartitioned|flatMapMerge|groupBy|groupedWithin|unfoldResourceAsync";

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.freshet");

    @ParameterizedTest
    @ValueSource(strings = {"proto", "model", "streams", "actors", "ops"})
    void looksAtEveryModule(String module) {
        assertThat(PRODUCTION.that(resideInAPackage(inside(module)))).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"proto, ''", "model, ''", "streams, model", "actors, streams model proto"})
    void modulesLeanOnThoseBelowThemOnly(String module, String below) {
        List<String> allowed = List.of((module + " " + below).split(" "));
        String[] others = MODULES.stream()
                .filter(other -> !allowed.contains(other))
                .map(ArchitectureTest::inside)
                .toArray(String[]::new);
        noClasses()
                .that(resideInAPackage(inside(module)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(others))
                .check(PRODUCTION);
    }

    @Test
    void packagesFormNoCycles() {
        slices().assignedFrom(new EachPackage()).should().beFreeOfCycles().check(PRODUCTION);
    }

    @Test
    void tensorsStayInTheModel() {
        noClasses()
                .that()
                .resideOutsideOfPackage(inside("model"))
                .should()
                .dependOnClassesThat(resideInAPackage("ai.djl.."))
                .check(PRODUCTION);
    }

    @Test
    void theModelKnowsNoActorAndNoStream() {
        noClasses()
                .that(resideInAPackage(inside("model")))
                .should()
                .dependOnClassesThat(resideInAPackage("akka.."))
                .check(PRODUCTION);
    }

    @Test
    void thePipelineKnowsStreamsAndNoActor() {
        noClasses()
                .that(resideInAPackage(inside("streams")))
                .should()
                .dependOnClassesThat(resideInAPackage("akka..")
                        .and(not(resideInAPackage("akka.stream..")))
                        .and(not(type(NotUsed.class)))
                        .and(not(type(Done.class))))
                .check(PRODUCTION);
    }

    /** The bound on staleness counts what the stages hold and rests on their order: ADRs 002 and 020. Examples do not grow stale. */
    @Test
    void noStageHoldsOrReordersGroupsBehindTheBoundsBack() {
        noClasses()
                .that(resideInAPackage(inside("streams")))
                .and(not(simpleName("DatasetStages")))
                .should()
                .callMethodWhere(method("akka\\.stream\\..*", UNCOUNTED_OPERATORS))
                .orShould()
                .beAssignableTo(GraphStage.class)
                .check(PRODUCTION);
    }

    /** What DJL makes of them lies in a buffer of the JVM: {@link OwnedArray} and {@link Scalars} tell what comes of that. */
    @Test
    void numbersFromJavaGoIntoTheEnginesOwnMemory() {
        noClasses()
                .that(not(type(OwnedArray.class)))
                .should()
                .accessTargetWhere(target(fullNameMatching("ai\\.djl\\..*NDManager\\.create\\((?!ai\\.djl).+")))
                .orShould()
                .accessTargetWhere(
                        target(fullNameMatching("ai\\.djl\\..*NDArrays?\\..*\\(.*java\\.(lang\\.Number|nio).*")))
                .orShould()
                .accessTargetWhere(target(fullNameMatching("ai\\.djl\\..*NDArray\\.(set|copyTo)\\(.*")))
                .check(PRODUCTION);
    }

    @Test
    void generatedMessagesStayAtTheWire() {
        noClasses()
                .that()
                .resideOutsideOfPackages(inside("proto"), inside("actors.wire"), inside("ops.control"))
                .should()
                .dependOnClassesThat(resideInAPackage(inside("proto")))
                .check(PRODUCTION);
    }

    @Test
    void onlyMainCommandsAndBenchmarksKnowTheConsole() {
        noClasses()
                .that()
                .resideOutsideOfPackages(inside("ops.cli"), inside("ops.bench"))
                .and(not(type(Main.class)))
                .should(ACCESS_STANDARD_STREAMS)
                .check(PRODUCTION);
    }

    /** They are the hot path: what they have to say is an event. */
    @Test
    void modelAndStagesLogNothing() {
        noClasses()
                .that(resideInAnyPackage(inside("model"), inside("streams")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.slf4j..", "ch.qos.logback..", "java.util.logging.."))
                .check(PRODUCTION);
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .should()
                .callMethodWhere(method("java\\.lang\\.Thread|java\\.util\\.concurrent\\.TimeUnit", "sleep"))
                .check(PRODUCTION);
    }

    @Test
    void chanceComesFromASeedAndTheDateFromAClock() {
        noClasses()
                .should()
                .callMethodWhere(method("java\\.lang\\.Math", "random"))
                .orShould()
                .callConstructor(java.util.Random.class)
                .orShould()
                .dependOnClassesThat(type(ThreadLocalRandom.class))
                .orShould()
                .callMethodWhere(method("java\\.lang\\.System", "currentTimeMillis"))
                .orShould()
                .callMethodWhere(method("java\\.time\\.(Instant|Local.*|ZonedDateTime|OffsetDateTime)", "now"))
                .check(PRODUCTION);
    }

    private static String inside(String place) {
        return "dev.freshet." + place + "..";
    }

    /** A call of a method by its name, whatever its parameters; both are regular expressions. */
    private static DescribedPredicate<JavaAccess<?>> method(String owner, String name) {
        return target(fullNameMatching("(" + owner + ")\\.(" + name + ")\\(.*"));
    }

    private static final class EachPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "each package";
        }
    }
}
