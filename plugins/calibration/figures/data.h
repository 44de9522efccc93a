#pragma once

#include "core/attention/calibration.h"
#include "core/attention/head_list.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/calibration/experiments/hand_picked.h" // headBetasText

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What runs of this room say, as figures and views read it (core/jobs/experiment/read_run.h: a
// stored run is not trusted).
namespace vitrine::calibration_plugin
{

using model::LayerHead;

std::string runLabel(const RunRecord& run); // "#12 speech-2016.txt · vitrine-lm"

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

// What a run of calibration.tune was asked for, or a person asks for.
struct SinkPlace { // a column of one head
    LayerHead head;
    std::int64_t position = 0;
    friend auto operator<=>(const SinkPlace&, const SinkPlace&) = default;
};
struct Tuning {
    attention::Calibration calibration;
    std::string heads = "all"; // as the parameter writes them
    std::int64_t seed = 42;    // of random heads
    std::map<LayerHead, double> headBetas = {};
    std::set<SinkPlace> off = {}, on = {}; // sinks left out, columns added by hand

    friend bool operator==(const Tuning&, const Tuning&) = default;
};
Tuning tuningOf(const RunRecord& run);
// The parameters that say so, as texts; those of the same names in `given` are replaced.
void putTuning(const Tuning& tuning, std::map<std::string, std::string>& given);

// The text forms of the parameters: "3.1=0.2,4.0=0.5" and "3.1:7,3.1:20". What is malformed is left
// out.
std::map<LayerHead, double> parseHeadBetas(std::string_view text);
std::set<SinkPlace> parseSinkPlaces(std::string_view text);
std::string sinkPlacesText(const std::set<SinkPlace>& places);
std::optional<LayerHead> parseHead(std::string_view text); // "3.1"
std::string headText(LayerHead head);                      // "3.1"
std::string headLabel(LayerHead head);                     // "layer 3, head 1"

// "s > 0.1", "s > 5/N", "s > 5 u".
std::string ruleText(const attention::SinkOptions& options);

} // namespace vitrine::calibration_plugin
