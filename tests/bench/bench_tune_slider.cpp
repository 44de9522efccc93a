// How long it takes from a mouse event on the beta slider of the calibration room to the painted
// frame: the real view, a real live worker, vitrine-lm, T = 256, one head of the lowest eligible
// layer calibrated. Prints percentiles over 200 drags; asserts nothing.
#include "core/base/resources.h"
#include "plugins/calibration/experiments/tune_experiment.h"
#include "plugins/calibration/view/maps_panel.h"
#include "plugins/calibration/view/view.h"
#include "tests/support/fake_context.h"
#include "tests/support/temporary_folder.h"
#include "widgets/runner/live_session.h"
#include "widgets/theme/palette.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QSlider>
#include <QStyle>
#include <QStyleOptionSlider>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

namespace vitrine::calibration
{
namespace
{

constexpr int kDrags = 200;
constexpr int kTokens = 256;
constexpr qint64 kPatienceMs = 10'000;

class Folder : public Progress
{
public:
    explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}
    bool advance(double, double, std::string_view) override { return true; }
    bool isCancelled() const override { return false; }
    void message(std::string_view) override {}
    void partial(const Table&) override {}
    std::filesystem::path artifactFolder() const override { return path_; }
    Result<void> saveState(std::string_view) override { return {}; }
    std::optional<std::string> loadState() const override { return std::nullopt; }

private:
    std::filesystem::path path_;
};

class LiveContext : public tests::FakeContext
{
public:
    LiveRun* openLive(QObject* owner, const std::string& experiment) override
    {
        const auto resolve = [](const WorkerLiveRun::Values& given) {
            return resolveParams(TuneExperiment(), given);
        };
        return new WorkerLiveRun(VITRINE_PROGRAM, experiment, resolve, owner);
    }
};

// Whether one of the watched widgets has been painted since `ready` became true.
class Paints : public QObject
{
public:
    std::function<bool()> ready;
    bool painted = false;
    bool eventFilter(QObject*, QEvent* event) override
    {
        painted = painted || (event->type() == QEvent::Paint && ready && ready());
        return false; // it is painted right after this
    }
};

// The first tokens of the speech, as ids: they are what is counted.
Result<RunRecord> firstRun(const std::filesystem::path& folder, const std::string& heads)
{
    const TuneExperiment experiment;
    std::map<std::string, std::string> given = {
        {"model", "vitrine-lm"}, {"heads", heads}, {"keep", heads}};
    std::string ids = "1";
    for (int i = 1; i < kTokens; ++i) // any text will do: time does not depend on the words
        ids += ',' + std::to_string(300 + i * 7 % 3000);
    given["token_ids"] = ids;
    RunRecord run;
    run.uid = std::string(32, 'a');
    run.number = 1;
    run.experiment = "calibration.tune";
    run.state = RunState::done;
    VITRINE_TRY(run.params, resolveParams(experiment, given));
    Folder progress(folder);
    VITRINE_TRY(run.result, experiment.run(run.params, progress));
    return run;
}

QPoint handleAt(const QSlider& slider, int value)
{
    QStyleOptionSlider option;
    option.initFrom(&slider);
    option.orientation = Qt::Horizontal;
    option.minimum = slider.minimum();
    option.maximum = slider.maximum();
    option.sliderPosition = option.sliderValue = value;
    return slider.style()
        ->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, &slider)
        .center();
}

void send(QSlider& slider, QEvent::Type type, QPoint place)
{
    const bool move = type == QEvent::MouseMove;
    QMouseEvent event(type, place, slider.mapToGlobal(QPointF(place)),
                      move ? Qt::NoButton : Qt::LeftButton,
                      type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton, {});
    QApplication::sendEvent(&slider, &event);
}

int measure(const std::string& heads)
{
    const tests::TemporaryFolder folder;
    const auto run = firstRun(folder.path, heads);
    if (!run) {
        std::fprintf(stderr, "%s\n", run.error().message.c_str());
        return 1;
    }
    LiveContext context;
    CalibrationView view(context, nullptr);
    view.resize(1300, 900);
    view.show();
    view.setRuns({std::make_shared<const RunRecord>(*run)});
    QElapsedTimer clock;
    clock.start();
    while (!view.shownRun() && clock.elapsed() < kPatienceMs)
        QApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    auto* panel = view.findChild<MapsPanel*>();
    QSlider* slider = nullptr;
    for (QSlider* each : view.findChildren<QSlider*>())
        if (each->accessibleName() == "Factor beta")
            slider = each;
    if (!panel || !slider || panel->maps().size() != 3)
        return 1;
    Paints paints;
    for (MapView* map : panel->maps()) // the last of them to settle is the last to be painted
        map->installEventFilter(&paints);

    std::vector<double> milliseconds;
    send(*slider, QEvent::MouseButtonPress, handleAt(*slider, slider->value()));
    for (int i = 0; i < kDrags + 1; ++i) {
        const int value = 20 + (i * 37) % 160;
        clock.start();
        send(*slider, QEvent::MouseMove, handleAt(*slider, value));
        const double beta = slider->value() / 200.0;
        const auto arrived = [&] {
            const auto* shown =
                std::get_if<double>(&view.shownRun()->params.all().find("beta")->second);
            return shown && std::abs(*shown - beta) < 1e-9 &&
                   std::ranges::all_of(panel->maps(), [](MapView* map) { return map->settled(); });
        };
        paints.ready = arrived;
        paints.painted = false;
        while (!paints.painted && clock.elapsed() < kPatienceMs)
            QApplication::processEvents(QEventLoop::AllEvents, 1);
        if (i > 0) // the first one starts the worker and opens the model
            milliseconds.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    send(*slider, QEvent::MouseButtonRelease, handleAt(*slider, slider->value()));
    paints.ready = {};
    std::ranges::sort(milliseconds);
    const auto at = [&](double share) {
        return milliseconds[static_cast<std::size_t>(share *
                                                     static_cast<double>(milliseconds.size() - 1))];
    };
    std::printf("heads %s, T = %d, %zu drags, input event to painted frame: median %.1f ms, 95th "
                "percentile %.1f ms, longest %.1f ms\n",
                heads.c_str(), kTokens, milliseconds.size(), at(0.5), at(0.95), at(1));
    return 0;
}

} // namespace
} // namespace vitrine::calibration

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    vitrine::theme::setTheme(vitrine::theme::ThemeName::light);
    const int lowest = vitrine::calibration::measure("2.0");
    const int all = vitrine::calibration::measure("all");
    return lowest + all;
}
