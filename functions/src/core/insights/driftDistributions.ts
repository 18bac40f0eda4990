/** Terms after which a series has long converged for any degrees of freedom that occur here. */
const MAX_TERMS = 10_000;
const PRECISION = 1e-15;
/** Stands for 0 in a denominator of a continued fraction. */
const TINY = 1e-300;

/**
 * The probability that |T| is at least |t|, where T has Student's t-distribution with `degrees` > 0 of freedom:
 * I_x(degrees/2, 1/2) at x = degrees/(degrees + t²) (Abramowitz and Stegun 26.5.27).
 */
export function studentTwoSided(t: number, degrees: number): number {
  const sum = degrees + t * t;
  return incompleteBeta(degrees / 2, 0.5, degrees / sum, (t * t) / sum);
}

/** The probability that a χ² variable with `degrees` > 0 of freedom is at least `chiSquare`: Q(degrees/2, χ²/2) (A&S 26.4.19). */
export function chiSquareUpper(chiSquare: number, degrees: number): number {
  return upperGamma(degrees / 2, chiSquare / 2);
}

/**
 * The regularised incomplete beta function I_x(a, b) by its continued fraction (https://dlmf.nist.gov/8.17#E22). `y` is 1 − x,
 * which the caller knows more exactly where x is almost 1.
 */
function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The fraction converges fast on this side of the mean; the other follows by symmetry (8.17.4).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, y, x);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(y)) / a;
  return (
    front /
    continuedFraction(1, (n) => {
      const m = Math.floor(n / 2);
      const term =
        n % 2 === 0
          ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
          : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
      return [term, 1];
    })
  );
}

/** The regularised upper incomplete gamma function Q(a, x): series below a + 1 (https://dlmf.nist.gov/8.11#E4), fraction above. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x >= a + 1) {
    // https://dlmf.nist.gov/8.9#E2 in its even part.
    return front / continuedFraction(x + 1 - a, (n) => [-n * (n - a), x + 2 * n + 1 - a]);
  }
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * PRECISION; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return 1 - front * sum;
}

/**
 * b₀ + a₁/(b₁ + a₂/(b₂ + …)), where `terms(n)` answers aₙ and bₙ, by the method of Lentz as Thompson and Barnett changed it
 * (J. Comput. Phys. 64, 1986, 490–509).
 */
function continuedFraction(first: number, terms: (n: number) => readonly [number, number]): number {
  let value = first || TINY;
  let c = value;
  let d = 0;
  for (let n = 1; n < MAX_TERMS; n += 1) {
    const [a, b] = terms(n);
    d = 1 / (b + a * d || TINY);
    c = b + a / c || TINY;
    value *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return value;
}

/** Coefficients B₂ₖ/(2k(2k−1)) of Stirling's series. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
/** From here on seven terms of the series are exact to double precision. */
const STIRLING_FROM = 15;

/** ln Γ(x) for x > 0: shifted up by Γ(x+1) = x·Γ(x), then Stirling's series (https://dlmf.nist.gov/5.11#E1). */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < STIRLING_FROM; z += 1) shift += Math.log(z);
  const series = STIRLING.reduce((sum, coefficient, k) => sum + coefficient / z ** (2 * k + 1), 0);
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
