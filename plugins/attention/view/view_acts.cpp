#include "core/base/json.h"
#include "core/base/resources.h"
#include "core/jobs/experiment/param_texts.h"
#include "plugins/attention/view/view.h"
#include "plugins/attention/view/view_drawing.h"
#include "widgets/state_json.h"

#include <QMenu>

#include <algorithm>

// What a person does in the view: each act becomes a new state, a run, or a figure that goes
// somewhere.
namespace vitrine::attention_plugin
{
namespace
{

template <typename Value>
void toggle(std::vector<Value>& list, const Value& value)
{
    if (std::erase(list, value) == 0)
        list.push_back(value);
}

} // namespace

void AttentionView::edit(const std::function<void(State&)>& act, const QString& label,
                         const QString& mergeKey, const Values& live)
{
    if (!scene_)
        return;
    const State before = readShown();
    State state = before;
    act(state);
    changeLive(qtJson(written(coreJson(current()), state, before)), live, label, mergeKey);
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
AttentionView::Values AttentionView::promptValues() const
{
    if (auto form = context_.formValues(this, kExperiment))
        return std::move(*form);
    if (runs_.empty())
        return {};
    Values given = paramTexts(runs_.front()->params);
    if (runs_.front()->experiment != kExperiment) // of an imported map only the model is known
        std::erase_if(given, [](const auto& entry) { return entry.first != "model"; });
    return given;
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
        start({{"model", "vitrine-lm"}, {"prompt", placeholder().toStdString()}}, false);
    else
        start({{"model", "vitrine-lm"}, {"prompt_file", speeches.front()}}, false);
}

std::vector<figure::Figure> AttentionView::figures() const
{
    return scene_ ? figuresOf(*scene_, current()) : std::vector<figure::Figure>{};
}

std::function<std::optional<figure::Figure>()> AttentionView::figureMaker(const QString& name) const
{
    if (!scene_)
        return {};
    return [name, scene = *scene_, state = current()] { return figureOf(scene, state, name); };
}

void AttentionView::showWholeMap()
{
    edit([](State& state) { state.look.window = {}; }, tr("Show whole map"));
}

void AttentionView::showMenu(QPoint position, const QString& figure)
{
    QMenu menu(this);
    addFigureActions(menu, figure);
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
