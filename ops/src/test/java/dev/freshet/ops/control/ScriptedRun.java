package dev.freshet.ops.control;

import com.typesafe.config.Config;
import dev.freshet.actors.MutableSetting;
import dev.freshet.actors.ObjectiveOffer;
import dev.freshet.actors.RollbackAnswer;
import dev.freshet.actors.RunControl;
import dev.freshet.actors.RunParameters;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.Samples;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.training.ConfigSteering;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineSettings;
import dev.freshet.streams.SettingChange;
import io.grpc.Context;
import io.grpc.Deadline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A run that writes down what it was asked, and answers as the test says. */
public final class ScriptedRun implements RunControl {
    private static final Config SETTINGS = new SettingsLoader().defaults(List.of());

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Semaphore heard = new Semaphore(0);
    private final CompletableFuture<RunFinished> completion = new CompletableFuture<>();
    private volatile Optional<String> checkpointFailure = Optional.empty();
    private volatile Optional<Deadline> deadline = Optional.empty();
    private volatile Supplier<CompletionStage<RunStatus>> answer =
            () -> CompletableFuture.completedFuture(Samples.running());

    /** Of the checkpoint that a rollback makes. */
    public void checkpointFailure(String why) {
        checkpointFailure = Optional.of(why);
    }

    public void answers(CompletionStage<RunStatus> next) {
        answer = () -> next;
    }

    public void ends() {
        completion.complete(new RunFinished(PolicyVersion.INITIAL, "all steps taken", Samples.COUNTS));
    }

    public void fails(Throwable why) {
        completion.completeExceptionally(why);
    }

    /** That the caller of the newest command has set. */
    public Optional<Deadline> deadline() {
        return deadline;
    }

    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** Waits until so many more commands have come than were waited for before. */
    public boolean hears(int commands) throws InterruptedException {
        return heard.tryAcquire(commands, 10, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<RunStatus> status() {
        return answer("status");
    }

    @Override
    public CompletionStage<RunStatus> pause(PauseMode mode) {
        return answer("pause " + mode);
    }

    @Override
    public CompletionStage<RunStatus> resume() {
        return answer("resume");
    }

    @Override
    public CompletionStage<DivergenceSwitched> switchDivergence(
            String spec, OptionalDouble coefficient, ChangeMode mode) {
        return answer("switch " + spec + " " + coefficient + dry(mode))
                .thenApply(status -> new DivergenceSwitched(
                        status.divergence(),
                        status.coefficient(),
                        spec,
                        coefficient.orElse(status.coefficient()),
                        status.version().next(),
                        ChangeOrigin.COMMAND));
    }

    @Override
    public CompletionStage<ObjectiveSwitched> switchObjective(
            String name, Map<String, String> settings, ChangeMode mode) {
        return answer("switch objective " + name + " " + new TreeMap<>(settings) + dry(mode))
                .thenApply(status -> new ObjectiveSwitched(
                        status.objective(),
                        name,
                        new TreeMap<>(settings)
                                .entrySet().stream()
                                        .map(entry -> new SettingChange(entry.getKey(), "0.2", entry.getValue()))
                                        .toList(),
                        status.version().next(),
                        ChangeOrigin.COMMAND));
    }

    @Override
    public CompletionStage<ParameterChanged> setParameter(String key, String value, ChangeMode mode) {
        return answer("set " + key + " " + value + dry(mode))
                .thenApply(status -> new ParameterChanged(
                        key, "1e-3", value, status.version().next(), ChangeOrigin.COMMAND));
    }

    @Override
    public CompletionStage<RunParameters> parameters() {
        PipelineSettings pipeline = PipelineSettings.from(SETTINGS);
        return answer("parameters").thenApply(status -> new ConfigSteering(SETTINGS, pipeline).configured());
    }

    @Override
    public List<MutableSetting> mutableSettings() {
        return List.of(
                new MutableSetting("freshet.train.learning-rate", "Above 0."),
                new MutableSetting("freshet.rlvr.dual-clip", "Above 1; or off."));
    }

    @Override
    public CompletionStage<List<ObjectiveOffer>> objectives() {
        return answer("objectives")
                .thenApply(status -> List.of(
                        new ObjectiveOffer("grpo", Optional.empty()),
                        new ObjectiveOffer("flat", Optional.of("no dataset"))));
    }

    private static String dry(ChangeMode mode) {
        return mode == ChangeMode.DRY_RUN ? " (dry run)" : "";
    }

    @Override
    public CompletionStage<CheckpointWritten> checkpoint() {
        return answer("checkpoint")
                .thenApply(status ->
                        new CheckpointWritten(new PolicyVersion(12), "checkpoints/step-000012", 1_234_567, 0.01, 0.2));
    }

    @Override
    public CompletionStage<RollbackAnswer> rollback(PolicyVersion version) {
        return answer("rollback " + version)
                .thenApply(status -> new RollbackAnswer(
                        new RolledBack(
                                status.version(), version, status.version().next(), 4, "checkpoints/" + version, 7),
                        checkpointFailure));
    }

    @Override
    public CompletionStage<RunStatus> stop(StopMode mode, String why) {
        return answer("stop " + mode + why);
    }

    @Override
    public CompletionStage<RunFinished> completion() {
        return completion;
    }

    private CompletionStage<RunStatus> answer(String command) {
        asked.add(command);
        deadline = Optional.ofNullable(Context.current().getDeadline());
        heard.release();
        return answer.get();
    }
}
