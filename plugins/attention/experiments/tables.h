#pragma once

#include <string>
#include <vector>

#include "core/attention/sinks.h"
#include "core/jobs/experiment/run_result.h"
#include "core/model/llm/llm.h"

// What is told about captured heads: from per-head summaries to metrics and tables. Kept run, live
// session and import use it.
namespace vitrine::attention_plugin
{

struct CapturedHead {
    int layer = 0; // the model's
    int head = 0;
    std::vector<float> columnScore; // s[j]
    double firstTokenMass = 0, entropy = 0, distance = 0;
};

struct Captured {
    std::int64_t tokens = 0, window = 0, layers = 0, headsPerLayer = 0;
    std::vector<std::string> pieces;
    std::vector<std::int32_t> columnRows;
    std::vector<CapturedHead> heads; // layer by layer
};
// The chosen layers of a pass with summaries.
Captured captured(const model::ForwardResult& result, const std::vector<int>& layers,
                  std::int64_t window, std::vector<std::string> pieces);

// Adds tables `heads` and `sinks`, the computed metrics of attention.capture, and notes on what
// could not be computed.
void describe(const Captured& captured, const attention::SinkOptions& options, RunResult& result);

} // namespace vitrine::attention_plugin
