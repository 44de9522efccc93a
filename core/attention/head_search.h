#pragma once

#include "core/attention/head_list.h"
#include "core/base/result.h"
#include "core/base/statistics.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Which heads are worth calibrating (ACT, section 6): each one alone on a pool of items, those kept
// that beat the model as it is. The authors' step that chooses is not released; what is open in it
// is an option.
namespace vitrine::attention
{

// One item answered by the model with some heads calibrated (none: the model as it is).
struct Outcome {
    bool correct = false;
    double goldLogProbability = 0; // nat, of the right answer; higher is better

    friend bool operator==(const Outcome&, const Outcome&) = default;
};
// Must give the same outcome for the same arguments: resuming counts on it.
using Evaluate = std::function<Result<Outcome>(const HeadSet& heads, std::size_t item)>;

enum class KeepRule {
    pooled,       // share of right answers over all items
    datasetMean,  // mean of the datasets' shares
    everyDataset, // pooled, and no dataset gets worse
};

enum class Stopping {
    none, // every head sees every item: brute force, the judge of the others
    // A head stops when even gaining every item that is left could not get it kept. That is
    // arithmetic, not statistics: it holds at every look and keeps exactly the heads that brute
    // force keeps. Items that the model gets wrong come first, since only they can be gained.
    exact,
    // Also when the Wilson upper bound of its rate of gains says so, at a level that is divided by
    // all looks at all heads: with the default all stops together are wrong with probability below
    // 0.001 at most. It helps with margins and pools of hundreds; with a margin of 0 one gain is
    // enough to be kept, and it never stops earlier than `exact`.
    wilson,
};

struct SearchOptions {
    KeepRule rule = KeepRule::pooled;
    double margin = 0; // a head must gain more than this share of right answers
    int cap = 0; // at most so many heads, the best ones (equal ones by layer and head); 0: no limit
    Stopping stopping = Stopping::exact;
    double wilsonError = 0.001; // probability, over the whole search
    int proxyItems = 8; // each head sees so many items first; the mean change of the right answer's
                        // log-probability decides who goes on first. It orders and never excludes.
    int controls = 20;  // random sets of as many heads, judged like the kept ones
    std::uint64_t seed = 42;
};

// What the search found about one head, on the searching half of the pool.
struct HeadFinding {
    model::LayerHead head = {};
    double proxy = 0; // nat: mean change of the right answer's log-probability on the first items
    PairedCounts counts = {}; // over the items it saw
    double gain = 0;          // by the rule; of a stopped head the most it could still have reached
    Interval interval = {
        -1, 1};           // 95 % of the pooled difference (Tango); says nothing of a stopped head
    bool stopped = false; // before it saw all
    bool kept = false;

    friend bool operator==(const HeadFinding&, const HeadFinding&) = default;
};

struct SearchResult {
    std::vector<HeadFinding> heads; // by layer and head
    HeadSet kept;
    std::vector<std::size_t> searched,
        heldOut;                           // items; the second half is seen by nobody who chooses
    PairedCounts heldOutCounts;            // all kept heads together, against the model as it is
    std::vector<HeadSet> controlSets;      // none where nothing or everything was kept
    std::vector<PairedCounts> controls;    // likewise, on the held-out half
    std::size_t evaluations = 0;           // calls that this result rests on
    std::size_t bruteForceEvaluations = 0; // what `none` would have needed

    friend bool operator==(const SearchResult&, const SearchResult&) = default;
};

// A search that can stop at any evaluation and go on in another process. It remembers every
// outcome; the algorithm is a function of the outcomes alone, so going on repeats it with what is
// remembered and gives the same result whenever it was stopped.
class HeadSearch
{
public:
    // `datasets`: for every item of the pool the number of its dataset, from 0. `subject` says what
    // is asked (model, task, calibration): a state of another subject is refused.
    HeadSearch(HeadSet candidates, std::vector<int> datasets, SearchOptions options,
               std::string subject);

    // After each evaluation: done of total, where both count the evaluations that stopping saves.
    using Advance = std::function<bool(double done, double total)>;
    // Cancelled where `advance` says so; errors of `evaluate` are handed on. Either way state()
    // holds all that was evaluated.
    Result<SearchResult> run(const Evaluate& evaluate, const Advance& advance = {});

    std::string state() const;
    // Input error for bytes that are cut, changed, of another version or of another subject; then
    // nothing is taken from them.
    Result<void> restore(std::string_view bytes);
    std::size_t remembered() const { return outcomes_.size(); }

private:
    struct Run;
    using Key = std::pair<std::uint32_t, std::uint32_t>; // number of the head set, item

    std::string fingerprint() const;

    HeadSet candidates_;
    std::vector<int> datasets_;
    SearchOptions options_;
    std::string subject_;
    std::map<Key, Outcome> outcomes_;
};

} // namespace vitrine::attention
