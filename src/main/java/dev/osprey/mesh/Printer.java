package dev.osprey.mesh;

/** The resin printer that the studio protocol prepares meshes for. */
public final class Printer {

    public static final String NAME = "Halot X1";

    /** What it can print, in millimetres along x, as {@link #HEIGHT} along y and {@link #DEPTH} along z. */
    public static final double WIDTH = 192;

    public static final double HEIGHT = 120;
    public static final double DEPTH = 200;

    /** The part of it that a mesh may take. */
    static final double USABLE = 0.95;

    public static final double LAYER_MILLIMETRES = 0.05;

    static final double SECONDS_A_LAYER = 8;

    private Printer() {}
}
