#pragma once

#include "core/jobs/experiment/run_record.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::tests
{

// A linear layer of a run that shared a budget: what it would cost with 2, 3 and 4 bits, and the
// bits it was given.
struct BudgetedLayer {
    std::string name;
    std::int64_t block = 0, outputs = 16, inputs = 16, bits = 3;
    std::array<double, 3> costs = {};
};

// A run of quantization.llm with tables `layers` and `candidates` of these.
inline RunRecord budgetRun(std::int64_t number, const std::vector<BudgetedLayer>& layers)
{
    RunRecord run;
    run.number = number;
    run.uid = "uid-" + std::to_string(number);
    run.experiment = "quantization.llm";
    run.state = RunState::done;
    run.result.metrics = {{"bits_per_weight", 3.4, "1", {}, ""},
                          {"perplexity_original", 20, "1", {}, ""},
                          {"perplexity_quantized", 24.5, "1", {}, ""},
                          {"predicted", 1000, "token", {}, ""}};
    const auto column = [](const char* name) { return Column{name, "1", {}, ""}; };
    Table sizes{"layers",
                {{"layer", "", {}, ""},
                 column("block"),
                 column("bits"),
                 column("outputs"),
                 column("inputs"),
                 column("output_error")},
                {}};
    Table candidates{"candidates",
                     {{"layer", "", {}, ""},
                      column("bits"),
                      {"cost", "1", {}, "Lost energy."},
                      column("chosen")},
                     {}};
    for (const BudgetedLayer& layer : layers) {
        sizes.rows.push_back(
            {layer.name, layer.block, layer.bits, layer.outputs, layer.inputs, 0.1});
        for (std::int64_t i = 0; i < 3; ++i)
            candidates.rows.push_back({layer.name, 2 + i, layer.costs[static_cast<std::size_t>(i)],
                                       std::int64_t{layer.bits == 2 + i}});
    }
    run.result.tables = {std::move(sizes), std::move(candidates)};
    return run;
}

} // namespace vitrine::tests
