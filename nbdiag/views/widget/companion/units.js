// The x axis in epochs, in steps or in time: places in the chart's own unit go in, places in the chosen one come out.
function along(from, to, value) {
  if (from.length < 2) return NaN
  let [low, high] = [1, from.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (from[middle] < value) low = middle + 1
    else high = middle
  }
  const share = (value - from[low - 1]) / (from[low] - from[low - 1] || 1)
  return to[low - 1] + share * (to[low] - to[low - 1]) // beyond both ends the last stretch goes on
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
const UNITS = ['epoch', 'step', 'time']

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
  const own = () => view.model.get('unit')
  const tables = () => view.model.get('units')
  const self = {
    get name() {
      const name = view.choices.get('unit')
      return name && tables()[name] ? name : own()
    },
    get isOwn() { return self.name === own() },
    // All there are; those that this run does not know can be seen, and not chosen.
    get all() { return UNITS.includes(own()) ? UNITS : [own(), ...UNITS.slice(2)] },
    knows: name => name === own() || Boolean(tables()[name]),
    choose: name => view.choices.set({ unit: name === own() ? null : name }),
    to(place, given = tables()) {
      if (self.isOwn) return place
      return given[self.name] ? along(given[self.name].at, given[self.name].to, place) : NaN
    },
    from(value) {
      const table = tables()[self.name]
      return self.isOwn ? value : along(table.to, table.at, value)
    },
    show: value => (self.name === 'time' ? duration(value) : view.number(self.name === 'step' ? Math.round(value) : value)),
    ticks(low, high) {
      const [a, b] = [self.to(low), self.to(high)]
      if (!(b > a)) return []
      const wanted = step(b - a, MOST_TICKS)
      const clock = b - a < MOST_TICKS ? Math.max(wanted, 0.1) : CLOCK.find(s => s * MOST_TICKS >= b - a) ?? wanted
      const size = self.name === 'time' ? clock : Math.max(wanted, 1)
      return multiples(Math.max(a, 0), b, size).map(value => ({ at: self.from(value), text: self.show(value) }))
    },
  }
  return self
}
