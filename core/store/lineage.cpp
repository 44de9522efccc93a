#include "core/store/lineage.h"

#include "core/store/query.h"

namespace vitrine
{

namespace
{

std::vector<std::int64_t> numbersOf(Statement query)
{
    std::vector<std::int64_t> numbers;
    while (query.step())
        numbers.push_back(query.integer(0));
    return numbers;
}

} // namespace

Result<Lineage> lineageOf(const Store& store, const RunRecord& run)
{
    const Database& database = store.database();
    const auto runs = [&](const char* sql, const auto& value) {
        auto query = database.prepare(sql);
        query.bind(value);
        return store.summaries(numbersOf(std::move(query)), {});
    };
    Lineage lineage;
    if (!run.parent.empty()) {
        VITRINE_TRY(auto parents, runs("SELECT number FROM runs WHERE uid = ?", run.parent));
        if (!parents.empty())
            lineage.repeats = std::move(parents.front());
    }
    VITRINE_TRY(lineage.repeatedBy,
                runs("SELECT number FROM runs WHERE parent <> '' AND parent = ? ORDER BY number "
                     "DESC LIMIT 20",
                     run.uid));
    VITRINE_TRY(lineage.madeBy,
                runs("SELECT DISTINCT a.run FROM inputs i JOIN artifacts a ON a.sha256 = i.sha256 "
                     "AND a.run <> i.run WHERE i.run = ? ORDER BY a.run DESC LIMIT 20",
                     run.number));
    VITRINE_TRY(lineage.usedBy,
                runs("SELECT DISTINCT i.run FROM artifacts a JOIN inputs i ON i.sha256 = a.sha256 "
                     "AND i.run <> a.run WHERE a.run = ? ORDER BY i.run DESC LIMIT 20",
                     run.number));
    for (const InputFile& input : run.result.inputs) {
        if (isPartHash(input.sha256)) { // equal ends are not equal files
            lineage.inputs.push_back({input, 0});
            continue;
        }
        auto count = database.prepare(
            "SELECT count(DISTINCT run) FROM inputs WHERE sha256 = ? AND run <> ?");
        count.bind(input.sha256).bind(run.number);
        if (count.step())
            lineage.inputs.push_back({input, count.integer(0)});
        VITRINE_CHECK(count.ok());
    }
    for (const std::string& tag : run.tags) {
        auto count = database.prepare("SELECT count(*) FROM tags t JOIN runs r ON r.number = t.run "
                                      "WHERE t.tag = ? AND r.experiment = ?");
        count.bind(tag).bind(run.experiment);
        if (count.step() && count.integer(0) > 1)
            lineage.groups.push_back({tag, count.integer(0)});
        VITRINE_CHECK(count.ok());
    }
    return lineage;
}

} // namespace vitrine
