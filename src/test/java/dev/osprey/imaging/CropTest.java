package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CropTest {

    private static final double CLOSE = 1e-9;

    @Test
    void isTheSquareAroundAPicture() {
        assertEquals(new Crop(100, 50, 200, 200, 0), Crop.letterbox(200, 100));
        assertEquals(new Crop(50, 100, 200, 200, 0), Crop.letterbox(100, 200));
    }

    @Test
    void placesItsPointsOnThePicture() {
        Crop upright = new Crop(50, 40, 20, 10, 0);
        assertEquals(40, upright.x(0, 0), CLOSE);
        assertEquals(35, upright.y(0, 0), CLOSE);
        assertEquals(55, upright.x(0.75, 0.5), CLOSE);
        assertEquals(45, upright.y(0.75, 1), CLOSE);
    }

    @Test
    void turnsClockwise() {
        Crop turned = new Crop(50, 40, 20, 10, Math.PI / 2);
        // Its upper left corner is the upper right one on the picture, its right end the lower one.
        assertEquals(55, turned.x(0, 0), CLOSE);
        assertEquals(30, turned.y(0, 0), CLOSE);
        assertEquals(55, turned.x(1, 0), CLOSE);
        assertEquals(50, turned.y(1, 0), CLOSE);
        assertEquals(50, turned.x(0.5, 0.5), CLOSE);
        assertEquals(40, turned.y(0.5, 0.5), CLOSE);
    }
}
