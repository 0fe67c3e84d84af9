package dev.freshet.model.objective;

import com.fasterxml.jackson.databind.JsonNode;

/** A teacher of two Gaussians and a student of one, x = mean + std z, on the grid that their divergences are integrated over. */
record Gaussians(Component first, Component second, Component student) {
    private static final int POINTS = 200_001;
    private static final double BOUND = 14;

    static final double STEP = 2 * BOUND / (POINTS - 1);

    record Component(double weight, double mean, double std) {
        double density(double x) {
            double z = (x - mean) / std;
            return weight * Math.exp(-z * z / 2) / (std * Math.sqrt(2 * Math.PI));
        }

        double slope(double x) {
            return -density(x) * (x - mean) / (std * std);
        }
    }

    static Gaussians of(JsonNode check) {
        JsonNode teacher = check.get("teacher");
        JsonNode student = check.get("student");
        return new Gaussians(
                component(teacher, 0),
                component(teacher, 1),
                new Component(
                        1, student.get("mean").doubleValue(), student.get("std").doubleValue()));
    }

    private static Component component(JsonNode teacher, int index) {
        return new Component(
                teacher.get("w").get(index).doubleValue(),
                teacher.get("mean").get(index).doubleValue(),
                teacher.get("std").get(index).doubleValue());
    }

    double teacher(int point) {
        return first.density(x(point)) + second.density(x(point));
    }

    double student(int point) {
        return student.density(x(point));
    }

    /** z of the sample at a point. */
    double latent(int point) {
        return (x(point) - student.mean()) / student.std();
    }

    /** The teacher's score less the student's. */
    double scoreDifference(int point) {
        double x = x(point);
        return (first.slope(x) + second.slope(x)) / teacher(point) - student.slope(x) / student(point);
    }

    double[] logTeacherOverStudent() {
        double[] logs = new double[POINTS];
        for (int point = 0; point < POINTS; point++) {
            logs[point] = Math.log(teacher(point) / student(point));
        }
        return logs;
    }

    private static double x(int point) {
        return -BOUND + point * STEP;
    }
}
