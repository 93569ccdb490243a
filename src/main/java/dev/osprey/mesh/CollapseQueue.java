package dev.osprey.mesh;

import java.util.Arrays;

/**
 * Edges that could be drawn together, the cheapest first; of equal ones always the same first, so that the same mesh gives the
 * same result. A binary heap in arrays: there are millions, too many for objects.
 */
final class CollapseQueue {

    private double[] costs;
    /** Where an entry of the heap has its edge: its ends {@code kept} and {@code gone}, and how often these had changed. */
    private int[] slots;

    private int[] edges;
    private int size;
    private int made;
    /** The slots of edges that were taken out, for others. */
    private int[] free = new int[64];

    private int freeCount;
    private int taken;

    CollapseQueue(int room) {
        costs = new double[room];
        slots = new int[room];
        edges = new int[3 * room];
    }

    void add(double cost, int kept, int gone, int changes) {
        if (size == costs.length) {
            int room = 2 * size + 1;
            costs = Arrays.copyOf(costs, room);
            slots = Arrays.copyOf(slots, room);
            edges = Arrays.copyOf(edges, 3 * room);
        }
        int slot = freeCount > 0 ? free[--freeCount] : made++;
        edges[3 * slot] = kept;
        edges[3 * slot + 1] = gone;
        edges[3 * slot + 2] = changes;
        int at = size++;
        while (at > 0 && isBefore(cost, slot, (at - 1) / 2)) {
            costs[at] = costs[(at - 1) / 2];
            slots[at] = slots[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        costs[at] = cost;
        slots[at] = slot;
    }

    /** Takes the cheapest out, to be asked for below; false when there is none. */
    boolean poll() {
        if (size == 0) {
            return false;
        }
        taken = slots[0];
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = taken;
        double cost = costs[--size];
        int slot = slots[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && isBefore(costs[child + 1], slots[child + 1], child)) {
                child++;
            }
            if (isBefore(cost, slot, child)) {
                break;
            }
            costs[at] = costs[child];
            slots[at] = slots[child];
            at = child;
        }
        costs[at] = cost;
        slots[at] = slot;
        return true;
    }

    private boolean isBefore(double cost, int slot, int entry) {
        if (cost != costs[entry]) {
            return cost < costs[entry];
        }
        int other = slots[entry];
        int byKept = Integer.compare(edges[3 * slot], edges[3 * other]);
        return byKept != 0 ? byKept < 0 : edges[3 * slot + 1] < edges[3 * other + 1];
    }

    /** Of the edge that was taken out last, until another is added. */
    int kept() {
        return edges[3 * taken];
    }

    int gone() {
        return edges[3 * taken + 1];
    }

    int changes() {
        return edges[3 * taken + 2];
    }
}
