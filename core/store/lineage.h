#pragma once

#include "core/store/store.h"

namespace vitrine
{

// Where a run stands among the others of its workspace.
struct Lineage {
    std::optional<RunSummary> repeats;  // the run that this one repeats
    std::vector<RunSummary> repeatedBy; // newest first
    std::vector<RunSummary> madeBy; // runs that wrote what this one read (a checkpoint, a capture)
    std::vector<RunSummary> usedBy; // runs that read what this one wrote
    struct SharedInput {
        InputFile input;
        std::int64_t others =
            0; // runs that read the same bytes; 0 where that cannot be said (isPartHash)
    };
    std::vector<SharedInput> inputs;
    struct Group {
        std::string tag; // a sweep tags its runs with the study's name
        std::int64_t runs = 0;
    };
    std::vector<Group>
        groups; // runs of the same experiment that share a tag with it, itself included
};

// At most 20 runs of each kind.
Result<Lineage> lineageOf(const Store& store, const RunRecord& run);

} // namespace vitrine
