// The x axis in epochs, in steps or in time: the same drawing, other numbers under it.
function along(from, to, value) {
  if (from.length < 2) return NaN
  let i = 1
  while (i < from.length - 1 && from[i] < value) i++
  const share = (value - from[i - 1]) / (from[i] - from[i - 1] || 1)
  return to[i - 1] + share * (to[i] - to[i - 1]) // beyond both ends the last stretch goes on
}

function duration(seconds) {
  const whole = Math.round(Math.max(seconds, 0))
  if (seconds < 10 && whole !== seconds) return `${Math.max(seconds, 0).toFixed(1)} s`
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  if (h) return m ? `${h} h ${m} min` : `${h} h`
  if (m) return s ? `${m} min ${s} s` : `${m} min`
  return `${s} s`
}

const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400]
const MOST_TICKS = 6

function step(span, most) {
  const power = 10 ** Math.floor(Math.log10(span / most))
  return [1, 2, 5, 10].map(factor => factor * power).find(size => size * most >= span)
}

function multiples(low, high, size) {
  const out = []
  for (let i = Math.ceil(low / size - 1e-9); i * size <= high + 1e-9 * size; i++) out.push(i * size)
  return out
}

function units(view) {
  let name = null
  const own = () => view.model.get('unit')
  const table = () => view.model.get('units')[name]
  const self = {
    get name() { return name && table() ? name : own() },
    get names() { return [own(), ...Object.keys(view.model.get('units'))] },
    choose(chosen) {
      name = chosen === own() ? null : chosen
      view.refresh()
    },
    to: place => (self.name === own() ? place : along(table().at, table().to, place)),
    from: value => (self.name === own() ? value : along(table().to, table().at, value)),
    show: value => (self.name === 'time' ? duration(value) : view.number(self.name === 'step' ? Math.round(value) : value)),
    ticks(low, high) {
      const [a, b] = [self.to(low), self.to(high)]
      if (!(b > a)) return []
      const wanted = step(b - a, MOST_TICKS)
      const size = self.name === 'time' ? CLOCK.find(s => s * MOST_TICKS >= b - a) ?? wanted : Math.max(wanted, 1)
      return multiples(a, b, size).map(value => ({ at: self.from(value), text: self.show(value) }))
    },
  }
  return self
}
