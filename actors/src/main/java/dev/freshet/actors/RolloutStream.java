package dev.freshet.actors;

import akka.actor.typed.ActorSystem;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelinePorts;
import java.util.concurrent.CompletionStage;

/** The pipeline of a run as {@link Coordinator}, which owns it, handles it. All methods return at once. */
interface RolloutStream {
    /** Starts it; the stage completes when every admitted group has ended, and fails when the pipeline does. */
    CompletionStage<?> start(PipelinePorts ports, ActorSystem<?> system);

    /** Admits no more until {@link #openAdmission}; what was admitted flows on. */
    void closeAdmission();

    void openAdmission();

    /** Admits no more, ever, learns from what is in flight, and completes; also while admission is closed. */
    void drain();

    /** Hands back what is in flight, and completes. */
    void handBack(String why);

    /** At any time, also before the start and after the end. */
    GroupCounts counts();

    long stalenessBound();

    long totalSteps();
}
