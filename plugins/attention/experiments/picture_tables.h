#pragma once

#include "core/attention/picture/picture_capture.h"
#include "core/jobs/experiment/run_result.h"

#include <string>
#include <vector>

// What is told about pictures that a vision transformer looked at: tables and metrics.
namespace vitrine::attention_plugin
{

struct PictureRules {
    double alpha = 5;      // a key is a sink above alpha / keys
    double normFactor = 3; // a patch has a high norm above that many medians
};

struct LookedAt {
    std::string file, name;       // of the capture, of the picture
    std::vector<float> output;    // logits, or features where the model has no head
    std::vector<std::string> top; // names of the classes in the order of their logits
    std::vector<float> topProbability, topLogit;
    std::vector<attention::HeadLook> looks;
    std::vector<std::vector<float>> norms; // of each layer, [tokens]
};

// Median and largest norm of the patches of a layer, and how many are high.
struct NormLook {
    double median = 0, largest = 0;
    std::int64_t high = 0;
};
NormLook normLook(std::span<const float> norms, std::int64_t prefix, double factor);

struct PictureSet {
    std::vector<attention::PictureLayer> layers;
    std::vector<std::string> prefixNames;
    std::int64_t side = 0;
    std::vector<LookedAt> pictures; // at least one
};

// Adds tables pictures, heads, standins, sinks, norms and answers, the computed metrics of
// attention.picture, and notes on what could not be said.
void describe(const PictureSet& set, const PictureRules& rules, RunResult& result);

} // namespace vitrine::attention_plugin
