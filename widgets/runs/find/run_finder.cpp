#include "widgets/runs/find/run_finder.h"

#include "core/store/run_index.h"
#include "widgets/runner/compute_pool.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace vitrine
{
namespace
{

constexpr std::size_t kFirstRows = 100;       // come with the answer
constexpr std::size_t kMostAhead = 64;        // columns read before they are asked for
constexpr std::size_t kAutomaticMetrics = 12; // columns where nobody has chosen

// The one experiment that the query is about, or empty.
std::string onlyExperiment(const RunQuery& query, const RunVocabulary& words)
{
    if (words.experiments.size() == 1)
        return words.experiments.front();
    for (const FilterTerm& term : query.filter.terms)
        if (term.field == FilterField::experiment && !term.negated && term.values.size() == 1 &&
            std::ranges::binary_search(words.experiments, term.values.front()))
            return term.values.front();
    return {};
}

} // namespace

// Index and connection of the searching threads; one at a time uses them.
struct RunFinder::Shared {
    std::filesystem::path workspace;
    std::mutex mutex;
    std::optional<RunIndex> index;
    std::optional<Store> store;
    RunVocabulary words;
    bool wordsRead = false;

    Result<void> prepare()
    {
        if (!index) {
            VITRINE_TRY(index, RunIndex::open(workspace));
            VITRINE_TRY(store, Store::open(workspace));
        }
        VITRINE_TRY(const bool changed, index->refresh());
        if (changed || !wordsRead)
            words = store->vocabulary();
        wordsRead = true;
        return {};
    }

    Result<void> find(FoundRuns& runs, const std::vector<std::string>& columns,
                      const std::vector<std::int64_t>* kept)
    {
        const std::lock_guard lock(mutex);
        VITRINE_CHECK(prepare());
        runs.vocabulary = words;
        runs.problems = unknownNames(runs.query.filter, words);
        runs.query.metrics.clear();
        runs.query.params.clear();
        for (const std::string& name : columns)
            (std::ranges::binary_search(words.metrics, name) ? runs.query.metrics
                                                             : runs.query.params)
                .push_back(name);
        if (const std::string experiment = onlyExperiment(runs.query, words);
            columns.empty() && !experiment.empty()) {
            runs.query.metrics = store->metricNames(experiment);
            if (runs.query.metrics.size() > kAutomaticMetrics)
                runs.query.metrics.resize(kAutomaticMetrics);
        }
        VITRINE_TRY(runs.numbers, index->find(runs.query));
        runs.shown = runs.numbers;
        if (kept != nullptr)
            std::erase_if(runs.shown, [&](std::int64_t number) {
                return !std::ranges::binary_search(*kept, number);
            });
        const auto first = std::span(runs.shown).first(std::min(kFirstRows, runs.shown.size()));
        VITRINE_TRY(runs.first, store->summaries(first, runs.query));
        return {};
    }

    void readAhead(const std::string& name)
    {
        const std::lock_guard lock(mutex);
        (void)(index ? index->values(name, {}) : Result<std::vector<double>>());
    }

    Result<void> read(const std::vector<std::string>& names,
                      const std::vector<std::int64_t>& numbers, std::vector<RunColumn>& columns)
    {
        const std::lock_guard lock(mutex);
        VITRINE_CHECK(prepare());
        for (const std::string& name : names) {
            RunColumn column{name, name == "seconds" ? "s" : "", {}, {}};
            VITRINE_TRY(column.values, index->values(name, numbers));
            const bool none = std::ranges::none_of(column.values, [](double v) { return v == v; });
            if (none) {
                VITRINE_TRY(column.texts, index->texts(name, numbers));
            }
            if (const auto unit = store->metricUnit(name); !unit.empty())
                column.unit = unit;
            columns.push_back(std::move(column));
        }
        return {};
    }
};

RunFinder::RunFinder(QObject* parent) : QObject(parent), pool_(new ComputePool(this))
{
    acts_.setMaxThreadCount(1);
}

RunFinder::~RunFinder()
{
    acts_.waitForDone();
    delete pool_; // waits for what runs, before what it uses goes
}

void RunFinder::open(const std::filesystem::path& workspace)
{
    index_ = std::make_shared<Shared>();
    index_->workspace = workspace;
    ahead_ = false;
}

// Columns that nobody has asked for yet, while nobody waits: the first click on a header is then as
// quick as the second. Between two columns a search gets its turn.
void RunFinder::readAhead(const std::vector<std::string>& names)
{
    auto next = std::make_shared<std::vector<std::string>>(
        names.begin(),
        names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostAhead)));
    pool_->compute(
        this, "ahead",
        [index = index_, next] {
            if (!next->empty())
                index->readAhead(next->front());
        },
        [this, next] {
            if (next->size() > 1)
                readAhead({next->begin() + 1, next->end()});
        });
}

void RunFinder::act(std::function<Result<void>(Store&)> change)
{
    if (!index_)
        return;
    acts_.start([this, index = index_, change = std::move(change)] {
        auto store = Store::open(index->workspace);
        const auto done = store ? change(*store) : tl::unexpected(store.error());
        const QString error = done ? QString() : QString::fromStdString(done.error().message);
        QMetaObject::invokeMethod(
            this, [this, error] { emit acted(error); }, Qt::QueuedConnection);
    });
}

void RunFinder::find(const RunQuery& query, const std::vector<std::string>& columns,
                     std::shared_ptr<const std::vector<std::int64_t>> kept)
{
    if (!index_)
        return;
    auto runs = std::make_shared<FoundRuns>();
    runs->query = query;
    searching_ = true;
    pool_->compute(
        this, "find",
        [index = index_, runs, columns, kept] {
            if (const auto done = index->find(*runs, columns, kept.get()); !done)
                runs->error = done.error().message;
        },
        [this, runs] {
            searching_ = false;
            emit found(runs);
            if (!std::exchange(ahead_, true))
                readAhead(runs->vocabulary.metrics);
        });
}

void RunFinder::readColumns(const std::vector<std::string>& names,
                            std::shared_ptr<const std::vector<std::int64_t>> numbers)
{
    if (!index_)
        return;
    auto columns = std::make_shared<std::vector<RunColumn>>();
    auto error = std::make_shared<std::string>();
    pool_->compute(
        this, "columns",
        [index = index_, names, numbers, columns, error] {
            if (const auto read = index->read(names, *numbers, *columns); !read)
                *error = read.error().message;
        },
        [this, numbers, columns, error] {
            if (!error->empty())
                emit failed(QString::fromStdString(*error));
            else
                emit columnsRead(columns, numbers);
        });
}

} // namespace vitrine
