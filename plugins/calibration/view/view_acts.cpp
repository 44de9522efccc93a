#include "core/base/json.h"
#include "core/base/resources.h"
#include "plugins/calibration/view/live_tuning.h"
#include "plugins/calibration/view/scene_figures.h"
#include "plugins/calibration/view/tuning_acts.h"
#include "plugins/calibration/view/view.h"
#include "widgets/state_json.h"

#include <QFileDialog>
#include <QMenu>

// What a person does in the tuning view: each act becomes a new state, a run, or a figure that goes
// somewhere.
namespace vitrine::calibration_plugin
{

void CalibrationView::edit(const std::function<void(State&)>& act, const QString& label,
                           const QString& mergeKey, const Values& live)
{
    if (!scene_)
        return;
    const State before = readCurrent();
    State state = before;
    act(state);
    changeLive(qtJson(written(coreJson(current()), state, before)), live, label, mergeKey);
}

void CalibrationView::tune(const std::function<std::optional<Wish>(const Scene&)>& act)
{
    const auto wish = scene_ ? act(*scene_) : std::nullopt;
    if (!wish)
        return;
    edit(
        [&](State& state) {
            state.tune = tuningOf(wish->params, stored_.front().run->params);
            state.tuneOf = stored_.front().run->uid;
            if (wish->token)
                state.selection.token = wish->token;
        },
        wish->label, wish->mergeKey, tuningTexts(wish->params));
}

void CalibrationView::resetTuning()
{
    tune([this](const Scene&) { return Wish{stored_.front().run->params, tr("Reset tuning")}; });
}

void CalibrationView::selectHead(LayerHead head)
{
    if (scene_ && (scene_->head != head || !scene_->state.selection.head))
        edit([head](State& state) { state.selection.head = head; },
             tr("Select %1").arg(headName(head)));
}

void CalibrationView::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Heads from a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setNameFilters({tr("Head lists (*.json)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        tune([&](const Scene& scene) {
            return withParameter(scene, "heads", path.toStdString(), tr("Take heads from a file"));
        });
    });
    dialog->open();
}

void CalibrationView::selectToken(std::int64_t token)
{
    if (scene_ && token >= 0 && token < scene_->first().tokenCount() &&
        scene_->state.selection.token != token)
        edit([token](State& state) { state.selection.token = token; },
             tr("Select token %1").arg(scene_->tokenName(token)));
}

// A click: a sink is switched off or on, another token is selected.
void CalibrationView::toggleSink(std::int64_t token)
{
    if (scene_ && scene_->sinkAt(token) && scene_->chosen.contains(scene_->head))
        toggleByHand(token);
    else
        selectToken(token);
}

void CalibrationView::toggleByHand(std::int64_t token)
{
    if (!scene_)
        return;
    if (token < calibrationOf(scene_->wished).sinks.protect) {
        context_.showMessage(
            tr("Token %1 is protected and never calibrated").arg(scene_->tokenName(token)));
        return;
    }
    if (!scene_->chosen.contains(scene_->head)) {
        context_.showMessage(tr("%1 is not calibrated: tick it first").arg(headName(scene_->head)));
        return selectToken(token);
    }
    tune([token](const Scene& scene) { return withSinkToggled(scene, token); });
}

void CalibrationView::keep(bool beside)
{
    if (scene_)
        start(wished(), beside);
}

CalibrationView::Values CalibrationView::promptValues() const
{
    Values given;
    if (scene_) {
        given = wished();
        for (const char* text : {"sinks_on", "sinks_off"})
            given.erase(text); // they belong to the text that is shown
    }
    if (!given.contains("model"))
        given["model"] = "vitrine-lm";
    return given;
}

void CalibrationView::startStudy()
{
    Values given = {{"model", "vitrine-lm"}};
    const auto speech = findResource("texts/speech-2016.txt");
    if (speech)
        given["prompt_file"] = speech->string();
    else
        given["prompt"] = placeholder().toStdString();
    start(std::move(given), false);
}

std::function<std::optional<figure::Figure>()>
CalibrationView::figureMaker(const QString& name) const
{
    if (!scene_)
        return {};
    return [name, scene = *scene_, state = current()] { return figureOf(scene, state, name); };
}

QString CalibrationView::whyNoOrigin() const
{
    return scene_ && scene_->live ? tr("A live result comes from no stored run: keep it first")
                                  : QString();
}

void CalibrationView::showWholeMap()
{
    edit([](State& state) { state.look.window = {}; }, tr("Show whole map"));
}

void CalibrationView::showMenu(QPoint position, const QString& figure)
{
    QMenu menu(this);
    addFigureActions(menu, figure);
    menu.addAction(tr("Show whole map"), this, [this] { showWholeMap(); });
    menu.exec(position);
}

} // namespace vitrine::calibration_plugin
