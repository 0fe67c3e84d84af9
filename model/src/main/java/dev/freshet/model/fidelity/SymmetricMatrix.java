package dev.freshet.model.fidelity;

/** A symmetric matrix and what its eigenvalues give, for sizes up to a few hundred. */
final class SymmetricMatrix {
    /** Jacobi's method doubles its digits with each sweep over all pairs once it has a few. */
    private static final int MOST_SWEEPS = 60;

    /** Of what lies beside the diagonal, in units of the whole: the last bits of double precision. */
    private static final double SMALL = 1e-14;

    private final double[][] values;

    /** @param values symmetric; this object's from now on */
    SymmetricMatrix(double[][] values) {
        this.values = values;
    }

    double trace() {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i][i];
        }
        return sum;
    }

    /** The positive semi-definite square root; eigenvalues below 0, which rounding makes of 0, count as 0. */
    SymmetricMatrix squareRoot() {
        Eigen eigen = eigen();
        int size = values.length;
        double[][] root = new double[size][size];
        for (int k = 0; k < size; k++) {
            double scale = Math.sqrt(Math.max(0, eigen.values[k]));
            for (int row = 0; row < size; row++) {
                for (int column = 0; column < size; column++) {
                    root[row][column] += scale * eigen.vectors[row][k] * eigen.vectors[column][k];
                }
            }
        }
        return new SymmetricMatrix(root);
    }

    double traceOfSquareRoot() {
        double sum = 0;
        for (double value : eigen().values) {
            sum += Math.sqrt(Math.max(0, value));
        }
        return sum;
    }

    /** outer * this * outer. */
    SymmetricMatrix between(SymmetricMatrix outer) {
        double[][] product = product(product(outer.values, values), outer.values);
        for (int row = 0; row < product.length; row++) {
            for (int column = 0; column < row; column++) {
                double mean = (product[row][column] + product[column][row]) / 2;
                product[row][column] = mean;
                product[column][row] = mean;
            }
        }
        return new SymmetricMatrix(product);
    }

    private static double[][] product(double[][] left, double[][] right) {
        int size = left.length;
        double[][] product = new double[size][size];
        for (int row = 0; row < size; row++) {
            for (int k = 0; k < size; k++) {
                for (int column = 0; column < size; column++) {
                    product[row][column] += left[row][k] * right[k][column];
                }
            }
        }
        return product;
    }

    /** The eigenvalues, and the eigenvectors as columns. */
    private static final class Eigen {
        private final double[] values;
        private final double[][] vectors;

        private Eigen(double[] values, double[][] vectors) {
            this.values = values;
            this.vectors = vectors;
        }
    }

    /** The cyclic method of Jacobi (1846), as Golub and Van Loan have it, section 8.5. */
    private Eigen eigen() {
        int size = values.length;
        double[][] a = new double[size][];
        double[][] vectors = new double[size][size];
        for (int i = 0; i < size; i++) {
            a[i] = values[i].clone();
            vectors[i][i] = 1;
        }
        double bound = SMALL * norm(a, true);
        for (int sweep = 0; sweep < MOST_SWEEPS && norm(a, false) > bound; sweep++) {
            for (int p = 0; p < size - 1; p++) {
                for (int q = p + 1; q < size; q++) {
                    rotate(a, vectors, p, q);
                }
            }
        }
        double[] diagonal = new double[size];
        for (int i = 0; i < size; i++) {
            diagonal[i] = a[i][i];
        }
        return new Eigen(diagonal, vectors);
    }

    /** Makes a[p][q] vanish. */
    private static void rotate(double[][] a, double[][] vectors, int p, int q) {
        if (a[p][q] == 0) {
            return;
        }
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double c = 1 / Math.sqrt(t * t + 1);
        double s = t * c;
        for (int k = 0; k < a.length; k++) {
            double kp = a[k][p];
            double kq = a[k][q];
            a[k][p] = c * kp - s * kq;
            a[k][q] = s * kp + c * kq;
        }
        for (int k = 0; k < a.length; k++) {
            double pk = a[p][k];
            double qk = a[q][k];
            a[p][k] = c * pk - s * qk;
            a[q][k] = s * pk + c * qk;
            double vp = vectors[k][p];
            double vq = vectors[k][q];
            vectors[k][p] = c * vp - s * vq;
            vectors[k][q] = s * vp + c * vq;
        }
    }

    /** Frobenius norm, with or without the diagonal. */
    private static double norm(double[][] a, boolean diagonal) {
        double sum = 0;
        for (int row = 0; row < a.length; row++) {
            for (int column = 0; column < a.length; column++) {
                sum += diagonal || row != column ? a[row][column] * a[row][column] : 0;
            }
        }
        return Math.sqrt(sum);
    }
}
