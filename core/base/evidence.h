#pragma once

#include <optional>

// How sure a number is that is not ours, and papers' numbers set beside ours.
namespace vitrine::evidence
{

// Where a number comes from. Shown wherever it is shown.
enum class Mark {
    paper,      // read in the paper's text or tables
    code,       // read in, or produced by, the authors' released code
    abstract,   // the abstract only
    unverified, // recollected, not read again
    ours,       // our arithmetic, inference or choice
};
const char* markName(Mark mark);

// One statement of a paper, or of its code: data to be set beside ours, never used to compute.
struct Claim {
    const char* subject; // id of what it is about: an accelerator, a method
    const char* text;    // "Throughput, EfficientViT-B1 at 224"
    double value;        // as published
    const char* unit;
    Mark mark;
    const char* conditions; // where it stands, and what had to be read into it
};

struct Reference {
    const Claim* claim;
    std::optional<double> ours;
    std::optional<double> deviation; // ours / value - 1; in percent the difference in points
};

} // namespace vitrine::evidence
