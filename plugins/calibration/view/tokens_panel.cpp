#include "plugins/calibration/view/tokens_panel.h"

#include "plugins/common/map_figures.h"
#include "plugins/common/text_notes.h"
#include "widgets/theme/text.h"

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

using Mark = TokenStripText::Mark;

// What a tool tip says of a token; kept by value, since the strip asks later.
struct Words {
    std::shared_ptr<const QStringList> names;
    std::vector<float> before, after;
    std::vector<QString> states;

    QString help(std::int64_t token) const
    {
        const auto place = static_cast<std::size_t>(token);
        return TokensPanel::tr("“%1”, token %2\ns[j] = %3 before, %4 after\n%5")
            .arg((*names)[static_cast<qsizetype>(token)])
            .arg(token)
            .arg(numberText(static_cast<double>(before[place])),
                 numberText(static_cast<double>(after[place])), states[place]);
    }
};

std::vector<float> tokenScores(const attention::Capture& capture, LayerHead head)
{
    const std::int64_t layer = layerIndexOf(capture, head);
    std::vector<float> scores(static_cast<std::size_t>(capture.tokens()), 0);
    if (layer >= 0)
        std::ranges::copy(capture.columnScore(layer, head.head), scores.begin());
    return scores;
}

QString tokensStateOf(const TunedSink& sink, bool off, bool headChosen)
{
    if (!headChosen)
        return TokensPanel::tr("sink by the rule; the head is not calibrated");
    if (sink.applied)
        return TokensPanel::tr("sink, calibrated; a click leaves it as it is");
    return off ? TokensPanel::tr("sink, switched off; a click calibrates it")
               : TokensPanel::tr("sink without calibration, none behind the calibrated layers; a "
                                 "click calibrates it");
}

TokenStripText textOf(const Scene& scene)
{
    const TunedRun& run = scene.first();
    const auto words = std::make_shared<Words>();
    words->names = run.tokens;
    words->before = tokenScores(*run.before, scene.head);
    words->after = tokenScores(*run.after, scene.head);
    const std::size_t count = words->before.size();
    words->states.assign(count,
                         TokensPanel::tr("no sink by the rule; Ctrl + click calibrates it too"));
    TokenStripText text;
    text.names = run.tokens;
    text.gaps = run.gaps;
    text.marks.assign(count, Mark::none);
    text.badges.resize(count);
    for (std::size_t i = 0; i < count; ++i)
        text.bars.push_back(static_cast<double>(words->after[i]) / scene.state.look.clip);
    const auto off = sinkPlacesOf(scene.wished, "sinks_off");
    for (const TunedSink& sink : run.sinks) {
        const auto place = static_cast<std::size_t>(sink.position);
        if (sink.head != scene.head || place >= count)
            continue;
        const bool isOff = off.contains({scene.head, sink.position});
        text.marks[place] = sink.applied ? Mark::marked : isOff ? Mark::off : Mark::none;
        text.badges[place] = shortText(sink.scoreOverUniform) + QStringLiteral("×");
        words->states[place] = tokensStateOf(sink, isOff, scene.chosen.contains(scene.head));
    }
    text.selected = scene.state.selection.token.value_or(-1);
    text.help = [words](std::int64_t token) { return words->help(token); };
    text.keys = TokensPanel::tr("Left and right select a token, Space calibrates it or leaves it.");
    return text;
}

} // namespace

TokensPanel::TokensPanel(QWidget* parent)
    : TokenCard(tr("Sinks of the head"),
                tr("A click on a sink switches it off and on; Ctrl + click calibrates any token. A "
                   "badge is s[j] over its value under uniform attention, the bar is s[j] after "
                   "calibration up to the clip."),
                parent)
{
}

void TokensPanel::setScene(const Scene& scene)
{
    std::ptrdiff_t applied = 0;
    for (const TunedSink& sink : scene.first().sinks)
        applied += sink.head == scene.head && sink.applied ? 1 : 0;
    const auto off =
        std::ranges::count(sinkPlacesOf(scene.wished, "sinks_off"), scene.head, &SinkPlace::head);
    QString words = tr("%1 tokens  ·  %2 sinks of %3 calibrated")
                        .arg(countWords(scene.first().tokenCount()))
                        .arg(applied)
                        .arg(headName(scene.head));
    if (off > 0)
        words += tr(", %1 switched off").arg(off);
    setCount(words + tr("  ·  click switches a sink"));
    QStringList notes; // of the text that is shown
    for (const std::string& note : textNotes(scene.first().run->result.notes))
        notes << text(note);
    setNotes(notes);
    setText(textOf(scene));
}

} // namespace vitrine::calibration_plugin
