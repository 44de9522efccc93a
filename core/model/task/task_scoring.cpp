#include "core/model/task/task_scoring.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::model
{
namespace
{

// ln sum exp, in double.
double logSumExp(auto&& values)
{
    const double top = *std::ranges::max_element(values);
    double sum = 0;
    for (const double value : values)
        sum += std::exp(value - top);
    return top + std::log(sum);
}

int best(std::span<const double> scores)
{
    return static_cast<int>(std::ranges::max_element(scores) -
                            scores.begin()); // the lowest of equals
}

// log-softmax of the scores over the choices, at the right one.
double goldAmong(const std::vector<double>& scores, int answer)
{
    return scores[static_cast<std::size_t>(answer)] - logSumExp(scores);
}

ItemScore labelScore(const PreparedItem& item, std::span<const float> row)
{
    ItemScore score;
    for (const std::int32_t option : item.options)
        score.scores.push_back(row[static_cast<std::size_t>(option)]);
    const double all = logSumExp(score.scores);
    for (double& one : score.scores)
        one -= all;
    score.chosen = score.chosenNormalised = score.chosenMutual = best(score.scores);
    score.goldLogProbability = goldAmong(score.scores, item.answer);
    return score;
}

// The released code decodes one greedy token and compares it with the letter; a tokenizer whose
// pieces carry their space needs it taken away first.
int letterOf(std::string_view text, std::size_t options)
{
    while (text.starts_with(' '))
        text.remove_prefix(1);
    const bool isLetter =
        text.size() == 1 && text[0] >= 'A' && static_cast<std::size_t>(text[0] - 'A') < options;
    return isLetter ? text[0] - 'A' : -1;
}

ItemScore letterScore(const PreparedItem& item, std::span<const float> row,
                      const Tokenizer& tokenizer)
{
    ItemScore score;
    for (const std::int32_t option : item.options)
        score.scores.push_back(logProbability(row, option));
    const auto greedy = static_cast<std::int32_t>(std::ranges::max_element(row) - row.begin());
    score.chosen = score.chosenNormalised = score.chosenMutual = letterOf(
        greedy < tokenizer.size() ? tokenizer.decode({&greedy, 1}) : "", item.options.size());
    score.goldLogProbability = goldAmong(score.scores, item.answer);
    return score;
}

// Logits of a query as rows of the vocabulary's width.
struct Rows {
    std::vector<float> logits;
    std::size_t width = 0;

    std::span<const float> row(std::size_t i) const
    {
        return std::span(logits).subspan(i * width, width);
    }
};

// A tokenizer may know more tokens than the model it lies beside.
Result<void> checkToken(std::int32_t id, std::size_t vocabulary)
{
    if (static_cast<std::size_t>(id) < vocabulary)
        return {};
    return inputError("the tokenizer gives token {}, but the model's vocabulary ends at {}: do "
                      "they belong together?",
                      id, vocabulary);
}

Result<Rows> rowsOf(const TaskQuery& query, const LogitsOf& logitsOf)
{
    VITRINE_TRY(std::vector<float> logits, logitsOf(query.ids, query.rows));
    const auto rows = static_cast<std::size_t>(query.rows);
    assert(logits.size() % rows == 0);
    Rows result{std::move(logits), 0};
    result.width = result.logits.size() / rows;
    for (const std::int32_t target : query.targets)
        VITRINE_CHECK(checkToken(target, result.width));
    return result;
}

Result<double> sumOfTargets(const TaskQuery& query, const LogitsOf& logitsOf)
{
    VITRINE_TRY(const Rows rows, rowsOf(query, logitsOf));
    double sum = 0;
    for (std::size_t i = 0; i < query.targets.size(); ++i)
        sum += logProbability(rows.row(i), query.targets[i]);
    return sum;
}

Result<ItemScore> likelihoodScore(const PreparedItem& item, const LogitsOf& logitsOf)
{
    ItemScore score;
    std::vector<double> perCharacter, added;
    const std::size_t choices = item.characters.size();
    for (std::size_t i = 0; i < item.queries.size(); ++i) {
        VITRINE_TRY(const double sum, sumOfTargets(item.queries[i], logitsOf));
        if (i >= choices) { // without its context
            added.push_back(score.scores[i - choices] - sum);
            continue;
        }
        score.scores.push_back(sum);
        perCharacter.push_back(sum / static_cast<double>(item.characters[i]));
    }
    score.chosen = best(score.scores);
    score.chosenNormalised = best(perCharacter);
    score.chosenMutual = added.empty() ? score.chosen : best(added);
    score.goldLogProbability = goldAmong(added.empty() ? score.scores : added, item.answer);
    return score;
}

} // namespace

double logProbability(std::span<const float> row, std::int32_t target)
{
    return static_cast<double>(row[static_cast<std::size_t>(target)]) - logSumExp(row);
}

Result<ItemScore> scoreItem(const PreparedItem& item, TaskScoring scoring,
                            const Tokenizer& tokenizer, const LogitsOf& logitsOf)
{
    if (scoring == TaskScoring::likelihood)
        return likelihoodScore(item, logitsOf);
    VITRINE_TRY(const Rows rows, rowsOf(item.queries.front(), logitsOf));
    for (const std::int32_t option : item.options)
        VITRINE_CHECK(checkToken(option, rows.width));
    return scoring == TaskScoring::labels ? labelScore(item, rows.row(0))
                                          : letterScore(item, rows.row(0), tokenizer);
}

Result<double> windowLoss(const PreparedItem& window, const LogitsOf& logitsOf)
{
    const TaskQuery& query = window.queries.front();
    VITRINE_TRY(const double sum, sumOfTargets(query, logitsOf));
    return -sum / static_cast<double>(query.targets.size());
}

} // namespace vitrine::model
