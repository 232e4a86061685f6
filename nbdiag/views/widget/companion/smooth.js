// A calmer copy of a curve's values. It is drawn over the curve, which stays, pale: no extreme and no gap is ever hidden.
const SHARE = 0.05 // of the curve's points on either side: wide enough to calm noise, narrow enough to keep a turn

function smoothed(y) {
  const half = Math.max(1, Math.round(y.length * SHARE))
  return Array.from(y, (value, i) => {
    if (!Number.isFinite(value)) return NaN
    let sum = 0
    let weight = 0
    for (let k = Math.max(0, i - half); k <= Math.min(y.length - 1, i + half); k++) {
      if (!Number.isFinite(y[k])) continue
      const w = half + 1 - Math.abs(k - i)
      sum += w * y[k]
      weight += w
    }
    return sum / weight
  })
}
