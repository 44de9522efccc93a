#include "core/base/json.h"
#include "core/base/resources.h"
#include "plugins/calibration/view/view.h"
#include "plugins/calibration/view/view_drawing.h"
#include "widgets/state_json.h"

#include <QFileDialog>
#include <QMenu>

#include <algorithm>

// What a person does in the tuning view: each act becomes a new state, a run, or a figure that goes
// somewhere.
namespace vitrine::calibration_plugin
{
namespace
{

std::string listedHeads(const std::set<LayerHead>& heads)
{
    return attention::headsText({heads.begin(), heads.end()});
}

} // namespace

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

void CalibrationView::tune(const Params& wished, const QString& label, const QString& mergeKey,
                           std::optional<std::int64_t> token)
{
    edit(
        [&](State& state) {
            state.tune = tuningOf(wished, stored_.front().run->params);
            state.tuneOf = stored_.front().run->uid;
            if (token)
                state.selection.token = token;
        },
        label, mergeKey, tuningTexts(wished));
}

void CalibrationView::tune(const std::string& parameter, const ParamValue& value,
                           const QString& label, const QString& mergeKey)
{
    if (!scene_)
        return;
    Params wished = scene_->wished;
    wished.set(parameter, value);
    tune(wished, label, mergeKey);
}

void CalibrationView::resetTuning()
{
    if (scene_)
        tune(stored_.front().run->params, tr("Reset tuning"));
}

void CalibrationView::selectHead(LayerHead head)
{
    if (scene_ && (scene_->head != head || !scene_->state.selection.head))
        edit([head](State& state) { state.selection.head = head; },
             tr("Select %1").arg(headName(head)));
}

void CalibrationView::chooseHeads(const std::set<LayerHead>& heads, const QString& label)
{
    tune("heads", listedHeads(heads), label);
}

void CalibrationView::lasso(const std::set<LayerHead>& heads, Qt::KeyboardModifiers modifiers)
{
    if (!scene_)
        return;
    std::set<LayerHead> chosen = heads;
    if (modifiers & Qt::ShiftModifier)
        chosen.insert(scene_->chosen.begin(), scene_->chosen.end());
    if (modifiers & Qt::ControlModifier) {
        chosen = scene_->chosen;
        std::erase_if(chosen, [&](LayerHead head) { return heads.contains(head); });
    }
    chooseHeads(chosen, tr("Calibrate %1 heads").arg(chosen.size()));
}

// As many heads as now, another draw with each press.
void CalibrationView::chooseRandom()
{
    if (!scene_ || scene_->chosen.empty())
        return;
    Params wished = scene_->wished;
    if (headsOf(wished).starts_with("random:"))
        wished.set("seed",
                   1 + wholeWithin(parameterNumber(wished, "seed", 42), 0, std::int64_t{1} << 53)
                           .value_or(42));
    wished.set("heads", fmt::format("random:{}", scene_->chosen.size()));
    tune(wished, tr("Calibrate %1 random heads").arg(scene_->chosen.size()));
}

void CalibrationView::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Heads from a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setNameFilters({tr("Head lists (*.json)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        tune("heads", path.toStdString(), tr("Take heads from a file"));
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

// Whatever the token is: what is calibrated is left, what is not is calibrated.
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
    auto on = sinkPlacesOf(scene_->wished, "sinks_on"),
         off = sinkPlacesOf(scene_->wished, "sinks_off");
    const SinkPlace place{scene_->head, token};
    const TunedSink* sink = scene_->sinkAt(token);
    const bool calibrated = sink && sink->applied;
    const bool byHand = on.erase(place) > 0, wasOff = off.erase(place) > 0;
    if (calibrated && !byHand)
        off.insert(place);
    else if (!calibrated && !wasOff)
        on.insert(place);
    Params wished = scene_->wished;
    wished.set("sinks_on", sinkPlacesText(on));
    wished.set("sinks_off", sinkPlacesText(off));
    tune(
        wished,
        (calibrated ? tr("Leave sink %1") : tr("Calibrate token %1")).arg(scene_->tokenName(token)),
        {}, token);
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
