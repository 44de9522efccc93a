#pragma once

#include "core/jobs/experiment/read_run.h"
#include "core/jobs/experiment/run_label.h"
#include "plugins/calibration/experiments/params.h" // calibrationOf
#include "plugins/calibration/figures/tuning.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What runs of this room say, as figures and views read it (core/jobs/experiment/read_run.h: a
// stored run is not trusted).
namespace vitrine::calibration_plugin
{

// The head that a row of a table is about; none where it names no layer and head that a model can
// have: a grid of heads has a bounded size.
std::optional<LayerHead> headOf(const RowReader& row);

// --- calibration.tune ---

struct TunedHead {
    LayerHead id;
    bool eligible = true, calibrated = false;
    double beta = 1;
    std::int64_t sinks = 0;
    double firstTokenMass = 0, firstTokenMassAfter = 0, sinkMass = 0, sinkMassAfter = 0;
    double entropy = 0, entropyAfter = 0; // nat
    std::int64_t rowsModified = 0;
    double massMoved = 0;
};
std::vector<TunedHead> tunedHeads(const RunResult& result); // in order of layer and head

struct TunedSink {
    LayerHead head;
    std::int64_t position = 0;
    std::string token;
    double score = 0, scoreOverUniform = 0, scoreAfter = 0;
    bool applied = true;
};
std::vector<TunedSink> tunedSinks(const RunResult& result);

struct NextToken {
    std::string token;
    std::int64_t id = 0;
    double before = 0, after = 0; // probabilities
};
std::vector<NextToken> nextTokens(const RunResult& result); // as the run lists them

// "s > 0.1", "s > 5/N", "s > 5 u".
std::string ruleText(const attention::SinkOptions& options);

} // namespace vitrine::calibration_plugin
