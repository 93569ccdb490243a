package dev.osprey.referee;

import dev.osprey.fencing.Analysis;
import dev.osprey.fencing.Analysis.BladeDetails;
import dev.osprey.fencing.Analysis.Pause;
import dev.osprey.fencing.Analysis.SpeedComparison;
import dev.osprey.fencing.Bout;
import dev.osprey.fencing.Decision;
import dev.osprey.fencing.Decision.Moment;
import dev.osprey.fencing.Side;
import dev.osprey.fencing.Signal;
import dev.osprey.fencing.Track;
import dev.osprey.jobs.Job;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An analysis as clients get it, {@code protocols/referee.md}, sections 4.9 and 7; what is no number is null. */
final class Result {

    private static final Set<String> KEYPOINTS =
            Set.of("keypoints", "left_xdata", "left_ydata", "right_xdata", "right_ydata");
    private static final Set<String> GROWING = Set.of("tracks", "left_pauses", "right_pauses");
    private static final double NANOS_PER_SECOND = 1e9;

    private Result() {}

    /** Of a phrase in which only one fencer hit. */
    static JsonObject skipped(Job job, AnalysisRequest request, Signal signal, Instant begun) {
        JsonObjectBuilder result = Json.createObjectBuilder()
                .add("status", "skipped")
                .add("reason", "Only one fencer recorded a valid hit; nothing to adjudicate.")
                .add("declared_winner", capitalised(signal.declaredWinner()))
                .add("phrase", phrase(signal));
        times(result, job, begun);
        files(result, job, request, false);
        request.stats().ifPresent(stats -> result.add("streaming_stats", stats));
        return result.build();
    }

    /** @param frames pictures of the video that were looked at */
    static JsonObject of(
            Job job,
            AnalysisRequest request,
            Signal signal,
            Bout bout,
            Decision decision,
            int frames,
            int skippedFrames,
            Instant begun) {
        JsonObject decided = decision(decision);
        JsonObjectBuilder result = Json.createObjectBuilder()
                .add("status", "success")
                .add("winner", decision.winner().word())
                .add("reason", decision.reason())
                .add("rule", decision.rule())
                .add("confidence", number(decision.confidence()))
                .add("decision", decided)
                .add("phrase", phrase(signal))
                .add("frames_processed", frames)
                .add("frames_analyzed", frames)
                .add("frames_skipped", skippedFrames)
                .add("video_angle", bout.angle().word())
                .add("normalisation_constant", number(bout.normalisationConstant()));
        for (String copied : List.of(
                "left_pauses",
                "right_pauses",
                "blade_analysis",
                "blade_details",
                "speed_comparison",
                "lunge_detected")) {
            result.add(copied, decided.get(copied));
        }
        result.add("natural_reason", decision.reason()).add("natural_language_reason", decision.reason());
        times(result, job, begun);
        files(result, job, request, true);
        result.add(
                "metadata",
                Json.createObjectBuilder()
                        .add("video_angle", bout.angle().word())
                        .add("normalisation_constant", number(bout.normalisationConstant()))
                        .add("frames_processed", frames)
                        .add("fps", number(bout.fps())));
        request.stats().ifPresent(stats -> result.add("streaming_stats", stats));
        result.add("tracks", tracks(bout));
        if (request.keypoints()) {
            keypoints(result, bout);
        }
        return result.build();
    }

    /**
     * What fits into a job's record; all of it is in the artifact. Without keypoints, and of a bout that is too long without
     * whatever grows with its length.
     */
    static JsonObject brief(JsonObject result, int mostCharacters) {
        JsonObject brief = without(result, KEYPOINTS);
        if (brief.toString().length() <= mostCharacters) {
            return brief;
        }
        JsonObject briefer = without(brief, GROWING);
        JsonObject decision = brief.getJsonObject("decision");
        return decision == null
                ? briefer
                : Json.createObjectBuilder(briefer)
                        .add("decision", without(decision, GROWING))
                        .build();
    }

    private static JsonObject without(JsonObject result, Set<String> keys) {
        JsonObjectBuilder rest = Json.createObjectBuilder();
        result.forEach((key, value) -> {
            if (!keys.contains(key)) {
                rest.add(key, value);
            }
        });
        return rest.build();
    }

    private static void times(JsonObjectBuilder result, Job job, Instant begun) {
        Instant now = Instant.now();
        double processing = Duration.between(begun, now).toNanos() / NANOS_PER_SECOND;
        double wall = Duration.between(job.submitted(), now).toNanos() / NANOS_PER_SECOND;
        result.add("processing_time", rounded(processing))
                .add("processing_time_seconds", rounded(processing))
                .add("wall_time_seconds", rounded(wall));
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 10_000) / 10_000.0;
    }

    private static void files(JsonObjectBuilder result, Job job, AnalysisRequest request, boolean analysed) {
        String folder = "/api/jobs/" + job.id();
        String artifacts = folder + "/artifacts/";
        JsonObjectBuilder made = Json.createObjectBuilder()
                .add("signal", artifacts + BoutAnalysis.SIGNAL)
                .add("result_json", artifacts + BoutAnalysis.RESULT);
        if (analysed && request.videoName().isEmpty()) {
            made.add("video", artifacts + BoutAnalysis.STREAMED);
        }
        if (analysed && request.overlay()) {
            made.add("overlay_video", artifacts + BoutAnalysis.OVERLAY);
        }
        String video = request.videoName().orElse(BoutAnalysis.STREAMED);
        result.add("job_id", job.id())
                .add("artifacts", made)
                .add("artifact_dir", folder)
                .add("input_video", video)
                .add("input_signal", request.signalName())
                .add("inputs", Json.createObjectBuilder().add("video", video).add("signal", request.signalName()));
    }

    private static JsonObject phrase(Signal signal) {
        JsonArrayBuilder contacts = Json.createArrayBuilder();
        signal.bladeContacts()
                .forEach(time -> contacts.add(
                        Json.createObjectBuilder().add("time", number(time)).add("frame", Signal.frame(time))));
        Double hit = signal.simultaneousHitTime();
        Double lockout = signal.lockoutStart();
        return Json.createObjectBuilder()
                .add("start_time", number(signal.startTime()))
                .add("start_frame", Signal.frame(signal.startTime()))
                .add("simultaneous_hit_time", hit == null ? JsonValue.NULL : number(hit))
                .add("simultaneous_hit_frame", hit == null ? JsonValue.NULL : Json.createValue(Signal.frame(hit)))
                .add("blade_contacts", contacts)
                .add("lockout_start", lockout == null ? JsonValue.NULL : number(lockout))
                .add("declared_winner", signal.declaredWinner())
                .add("fps", Signal.FPS)
                .build();
    }

    private static JsonObject decision(Decision decision) {
        Analysis analysis = decision.analysis();
        SpeedComparison speeds = analysis.speeds();
        JsonArrayBuilder moments = Json.createArrayBuilder();
        for (Moment moment : decision.moments()) {
            moments.add(Json.createObjectBuilder()
                    .add("time", number(moment.seconds()))
                    .add("side", moment.side().word())
                    .add("what", moment.what()));
        }
        BladeDetails blade = analysis.bladeDetails();
        return Json.createObjectBuilder()
                .add("winner", decision.winner().word())
                .add("reason", decision.reason())
                .add("rule", decision.rule())
                .add("action", decision.action().words())
                .add("confidence", number(decision.confidence()))
                .add("moments", moments)
                .add("right_of_way", word(analysis.rightOfWay()))
                .add("left_pauses", pauses(analysis.leftPauses()))
                .add("right_pauses", pauses(analysis.rightPauses()))
                .add("blade_analysis", word(analysis.blade()))
                .add("blade_details", blade == null ? JsonValue.NULL : blade(blade))
                .add(
                        "speed_comparison",
                        Json.createObjectBuilder()
                                .add("left_speed", number(speeds.leftSpeed()))
                                .add("right_speed", number(speeds.rightSpeed()))
                                .add("left_accel", number(speeds.leftAcceleration()))
                                .add("right_accel", number(speeds.rightAcceleration())))
                .add(
                        "lunge_detected",
                        Json.createObjectBuilder()
                                .add("left", analysis.leftLunge())
                                .add("right", analysis.rightLunge()))
                .build();
    }

    private static JsonArrayBuilder pauses(List<Pause> pauses) {
        JsonArrayBuilder json = Json.createArrayBuilder();
        for (Pause pause : pauses) {
            json.add(Json.createObjectBuilder()
                    .add("start_frame", pause.startFrame())
                    .add("end_frame", pause.endFrame())
                    .add("start_time", number(pause.startTime()))
                    .add("end_time", number(pause.endTime()))
                    .add("duration", number(pause.duration()))
                    .add("is_retreat", pause.retreat()));
        }
        return json;
    }

    private static JsonObject blade(BladeDetails blade) {
        return Json.createObjectBuilder()
                .add("analysis_window", "frames %d-%d".formatted(blade.firstFrame(), blade.lastFrame()))
                .add("contact_frame", blade.contactFrame())
                .add("left_variance", number(blade.leftVariance()))
                .add("right_variance", number(blade.rightVariance()))
                .add("left_samples", blade.leftSamples())
                .add("right_samples", blade.rightSamples())
                .add("current_right_of_way", word(blade.rightOfWay()))
                .build();
    }

    /** Both front feet's way along the piste, for a page that draws it. */
    private static JsonObjectBuilder tracks(Bout bout) {
        JsonObjectBuilder tracks = Json.createObjectBuilder().add("fps", number(bout.fps()));
        for (Side side : Side.values()) {
            JsonArrayBuilder xs = Json.createArrayBuilder();
            Track track = bout.track(side);
            for (int frame = 0; frame < track.frames(); frame++) {
                xs.add(number(track.x(frame, FRONT_FOOT)));
            }
            tracks.add(side.word(), xs);
        }
        return tracks;
    }

    private static final int FRONT_FOOT = 16;

    private static void keypoints(JsonObjectBuilder result, Bout bout) {
        JsonObjectBuilder all = Json.createObjectBuilder();
        for (Side side : Side.values()) {
            Track track = bout.track(side);
            JsonObjectBuilder xs = Json.createObjectBuilder();
            JsonObjectBuilder ys = Json.createObjectBuilder();
            for (int point = 0; point < Track.POINTS; point++) {
                JsonArrayBuilder x = Json.createArrayBuilder();
                JsonArrayBuilder y = Json.createArrayBuilder();
                for (int frame = 0; frame < track.frames(); frame++) {
                    x.add(number(track.x(frame, point)));
                    y.add(number(track.y(frame, point)));
                }
                xs.add(Integer.toString(point), x);
                ys.add(Integer.toString(point), y);
            }
            JsonObject xdata = xs.build();
            JsonObject ydata = ys.build();
            result.add(side.word() + "_xdata", xdata).add(side.word() + "_ydata", ydata);
            all.add(side.word() + "_xdata", xdata).add(side.word() + "_ydata", ydata);
        }
        result.add("keypoints", all);
    }

    private static String word(@Nullable Side side) {
        return side == null ? "none" : side.word();
    }

    private static String capitalised(String word) {
        return word.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + word.substring(1);
    }

    /** Four decimals are a hundredth of what a camera resolves. */
    private static JsonValue number(double value) {
        return Double.isFinite(value) ? Json.createValue(Math.round(value * 10_000) / 10_000.0) : JsonValue.NULL;
    }
}
