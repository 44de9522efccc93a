#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vitrine
{

// Computed values repeat bit for bit on the same build; measured ones are times and rates.
enum class Origin { computed, measured };

struct Metric {
    std::string name; // as in experiments.md
    double value = 0; // NaN where it could not be computed (a note says why)
    std::string unit; // "1" for plain numbers, "s", "token/s", "dB"
    Origin origin = Origin::computed;
    std::string help; // what it means and which equation

    friend bool operator==(const Metric&, const Metric&) = default;
};

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>; // monostate: no value

struct Column {
    std::string name;
    std::string unit; // "" for text
    Origin origin = Origin::computed;
    std::string help;

    friend bool operator==(const Column&, const Column&) = default;
};

// Tables are also series: the first column is then x.
struct Table {
    std::string name;
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows; // each as long as columns

    int column(std::string_view columnName) const; // index, -1 where there is none
    friend bool operator==(const Table&, const Table&) = default;
};

// A file that belongs to the run: named by its SHA-256 in the store, loaded lazily.
struct Artifact {
    std::string name;           // "forward.safetensors"
    std::string kind;           // "tensors", "capture", "text", "image"
    std::filesystem::path path; // where it lies now
    std::string sha256;         // filled by the runner, not by the experiment
    std::uint64_t bytes = 0;    // likewise
    Origin origin = Origin::computed;

    friend bool operator==(const Artifact&, const Artifact&) = default;
};

// A file that the run read.
struct InputFile {
    std::string parameter; // "model"
    std::string path;      // as the run saw it, absolute
    std::string sha256;    // of the whole file; see isPartHash
    std::uint64_t bytes = 0;

    friend bool operator==(const InputFile&, const InputFile&) = default;
};

// Earlier versions hashed of a file above 1 GiB only its size and both ends, and wrote "part:"
// before it: equal hashes then do not mean equal files, and such an input can be compared with
// nothing.
bool isPartHash(std::string_view sha256);

struct RunResult {
    std::vector<Metric> metrics;
    std::vector<Table> tables;
    std::vector<Artifact> artifacts;
    std::vector<InputFile>
        inputs; // what the experiment read; hashed by hashInput (core/jobs/bundle/bundle.h)
    std::vector<std::string>
        notes; // sentences for people: limits, fallbacks, what could not be shown

    const Metric* metric(std::string_view name) const;
    const Table* table(std::string_view name) const;
    const Artifact* artifact(std::string_view name) const;
};

Json toJson(const Table& table); // {"columns": [...], "rows": [[...], ...]}
Json toJson(const Cell& cell);   // NaN and infinity are null

} // namespace vitrine
