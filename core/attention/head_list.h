#pragma once

#include "core/attention/sinks.h"
#include "core/base/result.h"
#include "core/model/llm/llm.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Which heads of a model are calibrated (ACT, section 5), and the file that a search leaves behind.
namespace vitrine::attention
{

// Query heads, ascending by layer and head, each once.
using HeadSet = std::vector<model::LayerHead>;

// Layers whose heads may be calibrated where nothing else is asked: 2 .. L-2, both included. The
// first two are diffuse, the last one is diagonal. None for models of fewer than four layers.
std::vector<int> eligibleLayers(const model::LlmConfig& config);

struct HeadList {
    HeadSet heads = {};
    std::string model = {}, family = {}; // what the list was made for; empty where nothing says
    std::optional<double> beta = {}, tau = {};
    std::optional<SinkRule> rule = {};
    std::filesystem::path file = {};     // where it was read; empty where it is no file
    std::vector<std::string> notes = {}; // heads that were left out, a list made for another model
};

// The heads that `text` names, among `layers` (empty: the eligible ones):
//   all, none
//   random:N        N different heads, drawn with `seed`
//   3.1,4.0         layer.head
//   anything else   the path of a head file, see below
// Heads in other layers are left out with a note. Argument error: a head that the model lacks, more
// random heads than there are; input error: a file that is none.
Result<HeadList> resolveHeads(std::string_view text, const model::LlmConfig& config,
                              std::span<const int> layers = {}, std::uint64_t seed = 42);

// "3.1,4.0" alone. `name` is the parameter's, for the message.
Result<HeadSet> parseHeads(std::string_view text, std::string_view name,
                           const model::LlmConfig& config);
std::string headsText(const HeadSet& heads); // read back by parseHeads; "none" for no heads

// `count` different ones of `from`, drawn with `seed`; all of them where there are not so many.
HeadSet randomHeads(const HeadSet& from, std::size_t count, std::uint64_t seed);
// All heads of these layers.
HeadSet headsOf(const model::LlmConfig& config, std::span<const int> layers);

// A head file is one JSON object:
//   {"model": "...", "family": "classification", "first_layer": 2, "heads": [[0, 4], [], [1]],
//    "beta": 0.4, "tau": 0.1, "rule": "absolute"}
// heads[i] are the query heads of layer first_layer + i. All but `heads` may be missing
// (first_layer is then 2, as in the authors' lists); other keys are not read.
Result<HeadList> readHeadFile(const std::filesystem::path& path, const model::LlmConfig& config);
Result<void> writeHeadFile(const std::filesystem::path& path, const HeadList& list);

} // namespace vitrine::attention
