#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine::model
{

// What a model is asked to do with an item. Choice and cloze are both judged by likelihood; a cloze
// choice continues the prompt itself, a choice answers it.
enum class TaskKind { classification, choice, cloze, perplexity };

struct TaskItem {
    std::string prompt;               // what the model reads before it answers
    std::vector<std::string> choices; // classification: the labels, the same for every item
    int answer = -1;                  // index into choices; -1 for running text
    std::string text;                 // running text (perplexity); then there is no prompt
    std::string dataset, part; // as the file says: "moby-dick", "train"; empty where it does not
    // The fields of the row as the file names them ("premise", "hypothesis"): what templates refer
    // to.
    std::vector<std::pair<std::string, std::string>> fields;

    const std::string* field(std::string_view name) const; // nullptr where there is none
};

// How an item is put to the model: instruction, then shots and the item itself, each made from
// `body` with {field} replaced. An empty body is the item's prompt as it stands.
struct TaskStyle {
    std::string instruction = {};
    std::string body = {};
    std::string separator = "\n\n"; // after the instruction's end and between shots
    bool spacedAnswers = true;      // an answer follows the prompt after one space
};

// A file of items to judge a model by.
struct Task {
    std::string name;   // the file's, without folder
    std::string format; // how it was read: "jsonl", "tsv", "sst2", "trec", "copa", "text"
    TaskKind kind = TaskKind::choice;
    TaskStyle style;
    std::vector<TaskItem> items; // of one kind; at least one
    std::vector<std::string> notes;

    std::vector<std::string> datasets() const; // distinct, in order of appearance
};

// Reads a file of at most 256 MiB and 75,000 items, told apart by its content:
//   jsonl  one object per line, blank lines skipped. Ours: prompt, choices, answer, or text; also
//   the usual
//          field names of ARC, BoolQ, CB, COPA, CommonsenseQA, HellaSwag, MMLU, OpenBookQA, PIQA,
//          RTE and of lm-eval's own (query, choices, gold), and text with label (see README.md)
//   tsv    a header line with these names, then tab-separated values
//   sst2   lines "1 a moving film"; trec: lines "NUM:dist How far is it ?"; both as in
//   few-shot-learning copa   the XML of COPA and Balanced-COPA text   anything else whose name ends
//   in .txt or .md: one item of running text
// The file is untrusted: an error names file, line and what would help.
Result<Task> openTask(const std::filesystem::path& path);
Result<Task> parseTask(std::string_view bytes, std::string_view name);

} // namespace vitrine::model
