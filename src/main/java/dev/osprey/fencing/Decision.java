package dev.osprey.fencing;

import java.util.List;

/**
 * Who scored, and why.
 *
 * @param rule name of the rule that decided
 * @param reason one sentence
 * @param confidence how likely a referee agrees, 0.5 to 1; 0.5 where the rule does not say
 * @param moments what decided it, by time
 */
public record Decision(
        String rule,
        Side winner,
        Action action,
        String reason,
        double confidence,
        List<Moment> moments,
        Analysis analysis) {

    /** What the winner scored with. */
    public enum Action {
        /** He attacked, and went on while the other one prepared, retreated or countered. */
        ATTACK("attack"),
        /** The other one's attack stopped or fell short, and he took over. */
        TAKE_OVER("attack after the opponent's ended"),
        /** He parried and hit back. */
        RIPOSTE("parry-riposte"),
        /** His point was in line before the other one attacked. */
        LINE("point in line"),
        /** Both attacked together, or nothing tells them apart. */
        SIMULTANEOUS("simultaneous"),
        /** The lamps alone. */
        LAMPS("lamps");

        private final String words;

        Action(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /**
     * Something that counted.
     *
     * @param seconds on the clock of the video, whose first frame is 0
     * @param what a few words after the side's name, such as {@code began the attack}
     */
    public record Moment(double seconds, Side side, String what) {}

    public Decision {
        moments = List.copyOf(moments);
    }
}
