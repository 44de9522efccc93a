#include "plugins/attention/view/token_panel.h"

#include "plugins/common/text_notes.h"
#include "widgets/theme/text.h"

#include <cmath>
#include <memory>

namespace vitrine::attention_plugin
{
namespace
{

// What a tool tip says of a token; kept by value, since the strip asks later.
struct Scores {
    std::shared_ptr<const QStringList> names;
    std::vector<float> score;
    std::vector<std::int32_t> rows;
    std::vector<double> threshold, overUniform;

    QString help(std::int64_t token) const
    {
        const auto place = static_cast<std::size_t>(token);
        const bool finite = std::isfinite(score[place]);
        const QString sink = !finite ? TokenPanel::tr("neither a sink nor none")
                             : overUniform[place] > 0
                                 ? TokenPanel::tr("sink: %1 times the uniform value")
                                       .arg(numberText(overUniform[place]))
                                 : TokenPanel::tr("no sink by the rule");
        return TokenPanel::tr("“%1”, token %2\ns[j] = %3, threshold %4 (mean weight from the %5 "
                              "tokens that see it)\n%6")
            .arg((*names)[static_cast<qsizetype>(token)])
            .arg(token)
            .arg(measureText(static_cast<double>(score[place])), numberText(threshold[place]))
            .arg(rows[place])
            .arg(sink);
    }
};

std::shared_ptr<const Scores> scoresOf(const Scene& scene)
{
    auto all = std::make_shared<Scores>();
    all->names = scene.first().tokens;
    const auto count = static_cast<std::size_t>(all->names->size());
    const auto score = scene.columnScore();
    const auto rows = scene.first().capture->columnRows();
    all->score.assign(score.begin(), score.end());
    all->score.resize(count, 0);
    all->rows.assign(rows.begin(), rows.end());
    all->rows.resize(count, 0);
    all->threshold = attention::thresholds(static_cast<std::int64_t>(count), scene.state.sinks,
                                           scene.first().capture->window());
    all->overUniform.assign(count, 0);
    for (const attention::Sink& sink : scene.sinks.front())
        all->overUniform[static_cast<std::size_t>(sink.position)] = sink.scoreOverUniform;
    return all;
}

TokenStripText textOf(const Scene& scene)
{
    const auto scores = scoresOf(scene);
    TokenStripText text;
    text.names = scene.first().tokens;
    text.gaps = scene.first().gaps;
    const std::size_t count = scores->score.size();
    text.marks.resize(count, TokenStripText::Mark::none);
    text.badges.resize(count);
    text.pinned.resize(count, false);
    for (std::size_t i = 0; i < count; ++i) {
        text.bars.push_back(static_cast<double>(scores->score[i]) / scene.state.look.clip);
        if (scores->overUniform[i] <= 0)
            continue;
        text.marks[i] = TokenStripText::Mark::marked;
        text.badges[i] = shortText(scores->overUniform[i]) + QStringLiteral("×");
    }
    for (const std::int64_t token : scene.state.pinnedTokens)
        if (token >= 0 && token < static_cast<std::int64_t>(count))
            text.pinned[static_cast<std::size_t>(token)] = true;
    text.selected = scene.state.selection.token.value_or(-1);
    text.help = [scores](std::int64_t token) { return scores->help(token); };
    text.keys = TokenPanel::tr("Left and right select a token, P pins it.");
    return text;
}

// Of several runs each says whose they are.
QStringList notesOf(const Scene& scene)
{
    QStringList lines;
    for (const ShownRun& run : scene.runs)
        for (const std::string& note : textNotes(run.run->result.notes))
            lines << (scene.runs.size() > 1 ? run.name + ": " : QString()) +
                         QString::fromStdString(note);
    return lines;
}

} // namespace

TokenPanel::TokenPanel(QWidget* parent)
    : TokenCard(tr("Sinks counted"),
                tr("A badge is the column score over its value under uniform attention; the bar is "
                   "the score up to the clip"),
                parent)
{
}

void TokenPanel::setScene(const Scene& scene)
{
    const auto sinks = scene.sinks.front().size();
    setCount(tr("%1 tokens  ·  %2 at %3")
                 .arg(countWords(scene.first().tokenCount()),
                      !attention::areFinite(scene.columnScore()) ? tr("not finite")
                      : sinks == 0                               ? tr("no sink")
                      : sinks == 1                               ? tr("1 sink")
                                   : tr("%1 sinks").arg(countWords(sinks)),
                      headName(scene.head)));
    setNotes(notesOf(scene));
    setText(textOf(scene));
}

} // namespace vitrine::attention_plugin
