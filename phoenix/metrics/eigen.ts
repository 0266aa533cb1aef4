/**
 * Eigenvalues and eigenvectors of symmetric matrices by cyclic Jacobi rotations: short, and accurate to the
 * last digits.
 */

export interface Eigen {
  /** [n], in no particular order. */
  readonly values: Float64Array;
  /** [n, n]: row i is the unit eigenvector of value i. */
  readonly vectors: Float64Array;
}

export class EigenvaluesDiverged extends Error {
  override readonly name = 'EigenvaluesDiverged';
  readonly size: number;

  constructor(size: number) {
    super(
      `no eigenvalues of this ${size} × ${size} matrix: it has values that are not finite, or is not symmetric`,
    );
    this.size = size;
  }
}

/** Convergence is quadratic: six to twelve sweeps are usual, whatever the size. */
const MAXIMUM_SWEEPS = 60;

/**
 * Diagonalises `matrix` [n, n], symmetric. Meant for n ≤ 256: the time grows with n³.
 *
 * @throws EigenvaluesDiverged
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const norm = Math.sqrt(matrix.reduce((sum, value) => sum + value * value, 0));
  if (!Number.isFinite(norm)) throw new EigenvaluesDiverged(n);
  const negligible = Number.EPSILON * norm;

  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < MAXIMUM_SWEEPS; sweep++) {
    let rotations = 0;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p * n + q]!) <= negligible) continue;
        annihilate(a, vectors, n, p, q);
        rotations++;
      }
    }
    if (rotations === 0)
      return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
  }
  throw new EigenvaluesDiverged(n);
}

/** Rotates the plane (p, q) so that a[p, q] becomes 0, and takes `vectors` along. */
function annihilate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q]!;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * off);
  // The smaller of the two angles that do it, as its tangent.
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;

  const diagonalP = a[p * n + p]! - tangent * off;
  const diagonalQ = a[q * n + q]! + tangent * off;
  rotateRows(a, n, p, q, cosine, sine);
  rotateRows(vectors, n, p, q, cosine, sine);
  for (let k = 0; k < n; k++) {
    a[k * n + p] = a[p * n + k]!;
    a[k * n + q] = a[q * n + k]!;
  }
  a[p * n + p] = diagonalP;
  a[q * n + q] = diagonalQ;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

function rotateRows(a: Float64Array, n: number, p: number, q: number, cosine: number, sine: number): void {
  for (let k = 0, ip = p * n, iq = q * n; k < n; k++, ip++, iq++) {
    const valueP = a[ip]!;
    const valueQ = a[iq]!;
    a[ip] = cosine * valueP - sine * valueQ;
    a[iq] = sine * valueP + cosine * valueQ;
  }
}
