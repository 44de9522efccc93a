#include "core/sim/machine/rs_tiling.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace vitrine::sim
{

namespace
{

std::vector<std::int64_t> divisors(std::int64_t n)
{
    std::vector<std::int64_t> found;
    for (std::int64_t d = 1; d <= n / d; ++d)
        if (n % d == 0) {
            found.push_back(d);
            if (d != n / d)
                found.push_back(n / d);
        }
    std::ranges::sort(found);
    return found;
}

// Calls body for every ordered factorisation of n into 2, 3 or 4 factors.
template <std::size_t Factors, typename Body>
void factorisations(std::int64_t n, std::array<std::int64_t, Factors>& factors, std::size_t at,
                    const Body& body)
{
    if (at + 1 == Factors) {
        factors[at] = n;
        body(factors);
        return;
    }
    for (const std::int64_t d : divisors(n)) {
        factors[at] = d;
        factorisations(n / d, factors, at + 1, body);
    }
}

template <std::size_t Factors>
std::vector<std::array<std::int64_t, Factors>> factorisations(std::int64_t n)
{
    std::vector<std::array<std::int64_t, Factors>> all;
    std::array<std::int64_t, Factors> factors{};
    factorisations(n, factors, 0, [&](const auto& found) { all.push_back(found); });
    return all;
}

struct RsCandidate {
    RsTiling tiling;
    RsCost cost;
};

std::vector<RsCandidate> validTilings(const RsLayer& layer, const RsMachine& machine,
                                      const RsEnergies& energies)
{
    std::vector<RsCandidate> candidates;
    const auto filters = factorisations<4>(layer.m);
    for (const auto& n : factorisations<2>(layer.n))
        for (const auto& c : factorisations<3>(layer.c)) {
            if (c[0] * layer.s >= 12 * machine.memoryFactor)
                continue;
            for (const auto& e : factorisations<2>(layer.e()))
                for (const auto& m : filters) {
                    const RsTiling tiling{n, m, {c[0], c[1], c[2], 1}, e};
                    if (fits(layer, tiling, machine))
                        candidates.push_back({tiling, rsCost(layer, tiling, energies)});
                }
        }
    return candidates;
}

} // namespace

RsEnergies rsEnergies(double operation, int bits, double logic)
{
    const double words = bits / 16.0;
    return {operation,     200 * words,   6 * logic * words, 2 * logic * words,
            logic * words, logic * words, 2 * logic * words};
}

bool fits(const RsLayer& l, const RsTiling& t, const RsMachine& machine)
{
    const auto [n0, n3] = t.n;
    const auto [m0, m1, m2, m3] = t.m;
    const auto [c0, c1, c2, c3] = t.c;
    const auto [e1, e3] = t.e;
    const bool fullyConnected = l.h == 1 && l.w == 1;
    const std::int64_t inputs =
        n0 * c1 * c0 * ((e1 - 1) * l.stride + l.r) * ((l.f() - 1) * l.stride + l.s);
    const std::int64_t outputs = n0 * m2 * m1 * m0 * e1 * l.f();
    return c3 == 1 && m0 <= 16 * machine.memoryFactor &&
           m1 * c1 * e1 * l.r < machine.elements * machine.computeFactor &&
           c0 * l.s < 12 * machine.memoryFactor &&
           m0 * c0 * l.s < machine.weightWords * machine.memoryFactor &&
           inputs + outputs < 65536 * machine.memoryFactor && (e1 != 1 || fullyConnected);
}

RsCost rsCost(const RsLayer& l, const RsTiling& t, const RsEnergies& u)
{
    const auto real = [](const auto& factors) {
        std::array<double, std::tuple_size_v<std::remove_cvref_t<decltype(factors)>>> values{};
        std::ranges::copy(factors, values.begin());
        return values;
    };
    const auto [n0, n3] = real(t.n);
    const auto [m0, m1, m2, m3] = real(t.m);
    const auto [c0, c1, c2, c3] = real(t.c);
    const auto [e1, e3] = real(t.e);
    const auto [n, m, c, h, w, r, s, e, f] =
        real(std::array{l.n, l.m, l.c, l.h, l.w, l.r, l.s, l.e(), l.f()});
    const double inputs = n * h * w * c, weights = r * s * c * m, outputs = n * e * f * m;
    const double operations = outputs * r * s * c;
    const double dram = m3 * inputs + n3 * e3 * weights + std::max(2 * c3 - 1, 1.0) * outputs;
    const double buffer = m3 * m2 * inputs + std::max(2 * c3 * (c2 - 1), 1.0) * outputs;
    const double nocInputs = m3 * m2 * m1 * r * (e / h) * inputs,
                 nocWeights = n3 * e3 * e1 * weights;
    const double nocSums = std::max(c3 * c2 * (c1 * r - 1), 1.0) * outputs;
    const double registerInputs = nocInputs * m0 * s * (f / w),
                 registerWeights = nocWeights * f * n0;
    const double registerSums = std::max(2 * c3 * c2 * c1 * r * (c0 * s - 1), 1.0) * outputs;
    RsCost cost;
    cost.picojoule = operations * u.operation + dram * u.dram + buffer * u.buffer +
                     (nocInputs + nocWeights) * u.noc + nocSums * u.nocSum +
                     (registerInputs + registerSums) * u.registers +
                     registerWeights * u.weightRegisters;
    cost.cycles = n3 * n0 * m3 * m2 * m0 * c3 * c2 * c0 * e3 * f * s;
    return cost;
}

Result<RsMapping> bestTiling(const RsLayer& layer, const RsMachine& machine,
                             const RsEnergies& energies)
{
    for (const std::int64_t size :
         {layer.n, layer.m, layer.c, layer.h, layer.w, layer.r, layer.s, layer.stride})
        if (size < 1 || size > (1 << 20))
            return argumentError("a row-stationary tiling needs sizes from 1 to {}, {} given",
                                 1 << 20, size);
    if (layer.r > layer.h + 2 * layer.padding || layer.s > layer.w + 2 * layer.padding)
        return argumentError("the kernel of {} x {} is larger than the map of {} x {}", layer.r,
                             layer.s, layer.h, layer.w);
    const auto candidates = validTilings(layer, machine, energies);
    if (candidates.empty())
        return argumentError("no row-stationary tiling fits {} elements", machine.elements);
    RsCost least = candidates.front().cost, most = least;
    for (const RsCandidate& one : candidates) {
        least = {std::min(least.picojoule, one.cost.picojoule),
                 std::min(least.cycles, one.cost.cycles)};
        most = {std::max(most.picojoule, one.cost.picojoule),
                std::max(most.cycles, one.cost.cycles)};
    }
    const auto score = [&](const RsCandidate& one) {
        return (one.cost.picojoule - least.picojoule) / most.picojoule +
               (one.cost.cycles - least.cycles) / most.cycles;
    };
    const RsCandidate& best = *std::ranges::min_element(candidates, {}, score);
    return RsMapping{best.tiling, best.cost, best.cost.cycles / machine.clockHz,
                     static_cast<std::int64_t>(candidates.size())};
}

} // namespace vitrine::sim
