package dev.osprey.fencing;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How it is decided who scored when both lamps are on. */
public enum Rule {
    /** The rule of the system that the protocol comes from; it has no notion of weapons. The yardstick. */
    CLASSIC("classic"),
    /** Right of way as a referee reads it, weighed by a vote that was trained on recorded phrases; épée by the lamps. */
    PRIORITY("priority");

    private final String ruleName;

    Rule(String ruleName) {
        this.ruleName = ruleName;
    }

    /** @throws OspreyException {@link ErrorCode#SETTING_INVALID} when no rule has the name */
    public static Rule of(String ruleName) {
        return Arrays.stream(values())
                .filter(rule -> rule.ruleName.equals(ruleName))
                .findFirst()
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.SETTING_INVALID,
                        "no rule %s, expected %s"
                                .formatted(
                                        ruleName,
                                        Arrays.stream(values())
                                                .map(Rule::ruleName)
                                                .collect(Collectors.joining(" or ")))));
    }

    /** As configuration and results have it. */
    public String ruleName() {
        return ruleName;
    }

    /** As {@link #decide(Signal, Bout, Weapon, double)}, with the protocol's {@value Signal#FPS} frames a second. */
    public Decision decide(Signal signal, Bout bout, Weapon weapon) {
        return decide(signal, bout, weapon, Signal.FPS);
    }

    /**
     * Plain arithmetic over the frames, a few milliseconds for a phrase; any thread.
     *
     * @param signal in which both hit
     * @param signalFps frames a second by which the protocol's own analysis turns the signal's times into frames; other rules
     *     work in seconds
     */
    public Decision decide(Signal signal, Bout bout, Weapon weapon, double signalFps) {
        if (!signal.bothHit()) {
            throw new IllegalArgumentException(signal.name() + " has nothing to adjudicate");
        }
        Classic classic = new Classic(signal, bout, signalFps);
        if (this == CLASSIC) {
            return classic.decision(ruleName);
        }
        Analysis analysis = classic.analysis();
        return weapon == Weapon.EPEE
                ? Lamps.decision(ruleName, signal, analysis)
                : new Priority(signal, bout, weapon, Weights.LEARNT).decision(ruleName, analysis);
    }
}
