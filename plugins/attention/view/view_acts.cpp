#include "core/base/json.h"
#include "core/base/resources.h"
#include "core/jobs/experiment/param_texts.h"
#include "plugins/attention/view/view.h"
#include "plugins/attention/view/view_drawing.h"
#include "widgets/page/prompt_line.h"
#include "widgets/state_json.h"

#include <QMenu>

#include <algorithm>

// What a person does in the view: each act becomes a new state, a run, or a figure that goes
// somewhere.
namespace vitrine::attention_plugin
{
namespace
{

constexpr const char* kCapture = "attention.capture";

template <typename Value>
void toggle(std::vector<Value>& list, const Value& value)
{
    if (std::erase(list, value) == 0)
        list.push_back(value);
}

} // namespace

void AttentionView::change(const QJsonObject& state, const QString& label, const QString& mergeKey)
{
    const QJsonObject kept = bound_.written(state);
    if (kept != state_)
        context_.change(this, kept, label, mergeKey);
}

void AttentionView::edit(const std::function<void(State&)>& act, const QString& label,
                         const QString& mergeKey)
{
    if (!scene_)
        return;
    const State before = readShown();
    State state = before;
    act(state);
    change(qtJson(written(coreJson(shown()), state, before)), label, mergeKey);
}

void AttentionView::put(const char* key, const QJsonValue& value, const QString& label,
                        const QString& mergeKey)
{
    QJsonObject json = shown();
    json[QLatin1String(key)] = value;
    change(json, label, mergeKey);
}

void AttentionView::chooseToken(std::int64_t token)
{
    if (scene_ && scene_->state.selection.token != token)
        edit([token](State& state) { state.selection.token = token; },
             tr("Select token %1").arg(scene_->tokenName(token)));
}

void AttentionView::chooseHeadByPerson(LayerHead head)
{
    if (scene_ && (!(scene_->head == head) || !scene_->state.selection.head))
        edit([head](State& state) { state.selection.head = head; },
             tr("Select %1").arg(headName(head)));
}

void AttentionView::togglePin(LayerHead head)
{
    if (!scene_)
        return;
    const bool pinned = scene_->isPinned(head);
    edit([head](State& state) { toggle(state.pinnedHeads, head); },
         (pinned ? tr("Unpin %1") : tr("Pin %1")).arg(headName(head)));
}

void AttentionView::togglePin(std::int64_t token)
{
    if (!scene_)
        return;
    const bool pinned = scene_->isPinned(token);
    edit([token](State& state) { toggle(state.pinnedTokens, token); },
         (pinned ? tr("Unpin token %1") : tr("Pin token %1")).arg(scene_->tokenName(token)));
}

// What the form beside the view asks for; without one, what the shown run was made with.
std::map<std::string, std::string> AttentionView::wished() const
{
    if (auto form = context_.formValues(this, kCapture))
        return std::move(*form);
    if (runs_.empty())
        return {};
    auto given = paramTexts(runs_.front()->params);
    if (runs_.front()->experiment != kCapture) // of an imported map only the model is known
        std::erase_if(given, [](const auto& entry) { return entry.first != "model"; });
    return given;
}

void AttentionView::start(std::map<std::string, std::string> params, bool compare)
{
    lastStart_ = Start{params, compare};
    context_.startRun(this, kCapture, params, compare);
}

void AttentionView::startPrompt(const QString& text, bool compare)
{
    auto given = wished();
    for (const char* other : {"prompt_file", "token_ids"}) // the typed text takes their place
        given.erase(other);
    given["prompt"] = text.toStdString();
    start(std::move(given), compare);
}

void AttentionView::startStudy()
{
    const auto texts = findResource("texts");
    std::vector<std::string> speeches;
    std::error_code error;
    if (texts)
        for (const auto& entry : std::filesystem::directory_iterator(*texts, error))
            if (entry.path().extension() == ".txt" &&
                entry.path().filename().string().starts_with("speech"))
                speeches.push_back(entry.path().string());
    std::ranges::sort(speeches);
    if (speeches.empty())
        start({{"model", "vitrine-lm"}, {"prompt", prompt_->placeholder().toStdString()}}, false);
    else
        start({{"model", "vitrine-lm"}, {"prompt_file", speeches.front()}}, false);
}

void AttentionView::retry()
{
    if (lastStart_)
        return start(Start(*lastStart_).params, lastStart_->compare);
    for (const RunHandle& run : runs_)
        if (run->state != RunState::done)
            return start(paramTexts(run->params), false);
    if (!runs_.empty())
        start(paramTexts(runs_.front()->params), false);
}

std::vector<figure::Figure> AttentionView::figures() const
{
    return scene_ ? figuresOf(*scene_, shown()) : std::vector<figure::Figure>{};
}

void AttentionView::withFigure(const QString& name, void (ViewContext::*act)(const figure::Figure&))
{
    if (!scene_)
        return;
    const auto made = std::make_shared<std::optional<figure::Figure>>();
    context_.compute(
        this, QStringLiteral("figure"),
        [made, name, scene = *scene_, state = shown()] { *made = figureOf(scene, state, name); },
        [this, made, act, name] {
            if (*made)
                (context_.*act)(**made);
            else
                context_.showMessage(tr("There is no figure %1 of what is shown").arg(name));
        });
}

void AttentionView::showWholeMap()
{
    edit([](State& state) { state.look.window = {}; }, tr("Show whole map"));
}

void AttentionView::showMenu(QPoint position, const QString& figure)
{
    QMenu menu(this);
    menu.addAction(tr("Copy figure"), this,
                   [this, figure] { withFigure(figure, &ViewContext::copyFigure); });
    menu.addAction(tr("Export figure…"), this,
                   [this, figure] { withFigure(figure, &ViewContext::exportFigure); });
    menu.addAction(tr("Add to report"), this,
                   [this, figure] { withFigure(figure, &ViewContext::addToReport); });
    menu.addAction(tr("Where from?"), this,
                   [this, figure] { withFigure(figure, &ViewContext::showOrigin); });
    menu.addSeparator();
    menu.addAction(tr("Show whole map"), this, [this] { showWholeMap(); });
    if (scene_ && scene_->state.selection.token)
        menu.addAction(scene_->isPinned(*scene_->state.selection.token) ? tr("Unpin selected token")
                                                                        : tr("Pin selected token"),
                       this, [this] { togglePin(*scene_->state.selection.token); });
    menu.addAction(scene_ && scene_->isPinned(scene_->head) ? tr("Unpin selected head")
                                                            : tr("Pin selected head"),
                   this, [this] { togglePin(scene_->head); });
    menu.exec(position);
}

} // namespace vitrine::attention_plugin
