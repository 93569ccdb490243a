package dev.osprey;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.openqa.selenium.WebElement;

/** The same spot on the page's two canvases, before and after, read in one moment. */
record Seen(Colour input, Colour result) {

    /** Two JPEGs lie between a pixel and its answer, and the answer is to a frame a few older than the input. */
    private static final int TOLERANCE = 14;

    /** A place as shares of width and height. */
    record Spot(double x, double y) {}

    record Colour(int red, int green, int blue) {

        Colour over(Colour other, double opacity) {
            return new Colour(
                    mixed(red, other.red, opacity),
                    mixed(green, other.green, opacity),
                    mixed(blue, other.blue, opacity));
        }

        private static int mixed(int upper, int lower, double opacity) {
            return (int) Math.round(upper * opacity + lower * (1 - opacity));
        }

        boolean isNear(Colour other) {
            return Math.abs(red - other.red) <= TOLERANCE
                    && Math.abs(green - other.green) <= TOLERANCE
                    && Math.abs(blue - other.blue) <= TOLERANCE;
        }
    }

    /** The means of 11×11 pixels. */
    static Seen at(Spot spot, WebElement input, WebElement result, Chromium chromium) {
        Object means = chromium.run("""
            const [canvases, x, y] = arguments;
            return canvases.flatMap((canvas) => {
              const { data } = canvas.getContext('2d').getImageData(x * canvas.width - 5, y * canvas.height - 5, 11, 11);
              return [0, 1, 2].map((channel) => {
                let sum = 0;
                for (let at = channel; at < data.length; at += 4) {
                  sum += data[at];
                }
                return Math.round(sum / 121);
              });
            });
            """, List.of(input, result), spot.x(), spot.y());
        int[] values = ((List<?>) requireNonNull(means))
                .stream().mapToInt(each -> ((Number) each).intValue()).toArray();
        return new Seen(new Colour(values[0], values[1], values[2]), new Colour(values[3], values[4], values[5]));
    }

    boolean isFilledWith(Colour colour, double opacity) {
        return result.isNear(colour.over(input, opacity));
    }

    boolean isUnchanged() {
        return result.isNear(input);
    }
}
