#include "core/quant/vision/bit_search.h"

#include "core/quant/vision/budget_sampler.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <set>
#include <utility>

namespace vitrine::quant
{
namespace
{

constexpr int kMostDraws = 100; // for one child

class Evolution
{
public:
    Evolution(const MixedNetwork& network, std::int64_t budget, const BitFitness& fitness,
              Random& random, const BitSearchSettings& settings, const BitProgress& progress)
        : network_(network),
          budget_(budget),
          fitness_(fitness),
          random_(random),
          settings_(settings),
          progress_(progress),
          most_(settings.population +
                settings.generations * (settings.mutants + settings.crossovers))
    {
    }

    Result<void> begin(std::span<const BitConfig> start)
    {
        for (const BitConfig& bits : start.first(std::min(start.size(), settings_.population))) {
            if (!network_.isValid(bits) || network_.cost(bits) > budget_)
                return argumentError(
                    "the search of bits starts with a configuration that costs {} "
                    "of {} or has bits of no candidate",
                    bits.size() == network_.layers.size() ? network_.cost(bits) : 0, budget_);
            if (known_.insert(bits).second)
                VITRINE_CHECK(measure(bits, 0));
        }
        search_.population = search_.seen;
        keepTheBest();
        return {};
    }

    Result<void> generation(std::size_t number)
    {
        const std::vector<BitIndividual> parents = search_.population;
        const std::size_t before = search_.seen.size();
        for (std::size_t i = 0; i < settings_.mutants; ++i)
            VITRINE_CHECK(addChild(number, [&] { return mutant(pick(parents)); }));
        for (std::size_t i = 0; i < settings_.crossovers && parents.size() > 1; ++i)
            VITRINE_CHECK(addChild(number, [&] { return crossover(parents); }));
        for (std::size_t i = before; i < search_.seen.size(); ++i)
            if (search_.seen[i].fitness > parents.back().fitness)
                search_.population.push_back(search_.seen[i]);
        keepTheBest();
        return {};
    }

    BitSearch take() { return std::move(search_); }

private:
    Result<void> measure(const BitConfig& bits, std::size_t generation)
    {
        if (progress_ && !progress_(search_.seen.size(), most_))
            return cancelled();
        VITRINE_TRY(const double fitness, fitness_(bits));
        search_.seen.push_back({bits, fitness, network_.cost(bits), generation});
        return {};
    }

    void keepTheBest()
    {
        std::ranges::stable_sort(search_.population, std::ranges::greater{},
                                 &BitIndividual::fitness);
        if (search_.population.size() > settings_.population)
            search_.population.resize(settings_.population);
        search_.best.push_back(search_.population.front().fitness);
    }

    template <typename Make>
    Result<void> addChild(std::size_t generation, const Make& make)
    {
        for (int draw = 0; draw < kMostDraws; ++draw) {
            VITRINE_TRY(const BitConfig bits, make());
            if (known_.insert(bits).second)
                return measure(bits, generation);
        }
        return {};
    }

    const BitConfig& pick(const std::vector<BitIndividual>& from)
    {
        return from[random_.below(from.size())].bits;
    }

    Result<BitConfig> mutant(const BitConfig& parent)
    {
        const double redrawn =
            (1 - settings_.keep) / static_cast<double>(network_.candidates.size());
        return child([&](std::size_t layer, int bits) {
            return redrawn + (bits == parent[layer] ? settings_.keep : 0);
        });
    }

    Result<BitConfig> crossover(const std::vector<BitIndividual>& parents)
    {
        const std::size_t one = random_.below(parents.size());
        std::size_t other = random_.below(parents.size() - 1);
        other += other >= one; // all of a population are different
        return child([&](std::size_t layer, int bits) {
            return (bits == parents[one].bits[layer] ? settings_.first : 0) +
                   (bits == parents[other].bits[layer] ? 1 - settings_.first : 0);
        });
    }

    // Bits drawn with these chances, given that they keep within the budget.
    template <typename Chance>
    Result<BitConfig> child(const Chance& chance)
    {
        std::vector<std::vector<BudgetSampler::Option>> items;
        for (std::size_t layer = 0; layer < network_.layers.size(); ++layer) {
            auto& options = items.emplace_back();
            const bool isFixed = network_.layers[layer].isFixed;
            for (const int bits : network_.candidates)
                options.push_back({network_.layers[layer].macs * bits,
                                   !isFixed                             ? chance(layer, bits)
                                   : bits == network_.candidates.back() ? 1.0
                                                                        : 0.0});
        }
        VITRINE_TRY(const BudgetSampler sampler, BudgetSampler::prepare(std::move(items), budget_));
        BitConfig bits;
        for (const std::size_t option : sampler.draw(random_))
            bits.push_back(network_.candidates[option]);
        return bits;
    }

    const MixedNetwork& network_;
    std::int64_t budget_;
    const BitFitness& fitness_;
    Random& random_;
    BitSearchSettings settings_;
    const BitProgress& progress_;
    std::size_t most_;
    std::set<BitConfig> known_;
    BitSearch search_;
};

} // namespace

Result<BitSearch> searchBits(const MixedNetwork& network, std::int64_t budget,
                             std::span<const BitConfig> start, const BitFitness& fitness,
                             Random& random, const BitSearchSettings& settings,
                             const BitProgress& progress)
{
    if (start.empty() || settings.population == 0)
        return argumentError("the search of bits needs a configuration to start with");
    Evolution evolution(network, budget, fitness, random, settings, progress);
    VITRINE_CHECK(evolution.begin(start));
    for (std::size_t number = 1; number <= settings.generations; ++number)
        VITRINE_CHECK(evolution.generation(number));
    return evolution.take();
}

} // namespace vitrine::quant
