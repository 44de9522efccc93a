// bench_runs_page WORKSPACE [ROUNDS]: the Runs page in a workspace that make_runs has made, from
// what a person does (the rest of the typing, a click) to the painted page, without a screen.
// Median and 95th percentile in milliseconds.
#include "widgets/runs/runs_page.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonObject>
#include <QTabBar>
#include <QTableView>

#include "widgets/parallel/parallel_plot.h"
#include "widgets/plot/plot_view.h"
#include "widgets/runner/runner.h"
#include "widgets/runs/filter/filter_bar.h"
#include "widgets/theme/palette.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <random>

using namespace vitrine;

namespace
{

double processor = 0; // milliseconds of all threads: what a busy machine does not stretch

void report(const char* what, std::vector<double> times)
{
    std::ranges::sort(times);
    std::printf("%-44s median %7.1f   95 %% %7.1f   max %7.1f   processor %7.1f   (%zu)\n", what,
                times[times.size() / 2], times[std::min(times.size() - 1, times.size() * 95 / 100)],
                times.back(), processor / static_cast<double>(times.size()), times.size());
    std::fflush(stdout);
}

class Bench
{
public:
    Bench(const char* workspace, int rounds) : rounds_(rounds)
    {
        if (const auto opened = runner_.open(workspace); !opened) {
            std::fprintf(stderr, "%s\n", opened.error().message.c_str());
            std::exit(1);
        }
        page_.resize(1500, 950);
        page_.show();
        QElapsedTimer clock;
        clock.start();
        page_.openStore();
        settle();
        std::printf("first list after opening: %.1f ms\n",
                    static_cast<double>(clock.nsecsElapsed()) / 1e6);
        filter_ = page_.findChild<FilterBar*>();
        tabs_ = page_.findChild<QTabBar*>();
        for (QTableView* each : page_.findChildren<QTableView*>())
            if (each->accessibleName() == "Runs")
                table_ = each;
        wait(3000); // columns are read ahead
    }

    void run()
    {
        std::mt19937 random(3);
        static const char* const kFilters[] = {
            "psnr_y>", "layer_07_cycles>9",  "experiment:video crf>",
            "kbps<9",  "stories seconds>0.", "tag:paper psnr_y>"};
        const auto filtered = [&](int i) {
            filter(kFilters[i % 6] + QString::number(20 + i % 30));
        };
        report("filter", times(filtered));
        filter({});
        page_.setState(
            {{"columns", QJsonArray{"psnr_y", "kbps", "ssim", "energy_mj", "layer_03_cycles"}}});
        settle();
        report("sort by a metric", times([&](int) { sort(7 + static_cast<int>(random() % 5)); }));
        page_.setState({{"filter", "experiment:video.compare"}});
        settle();
        report("sort by a metric, of one experiment",
               times([&](int) { sort(7 + static_cast<int>(random() % 11)); }));
        filter({});
        report("open a run", times([&](int) {
                   table_->selectRow(static_cast<int>(
                       random() % static_cast<unsigned>(table_->model()->rowCount())));
               }));
        report("scroll to anywhere", times([&](int) {
                   table_->scrollTo(table_->model()->index(static_cast<int>(random() % 90000), 0));
               }));
        table_->clearSelection();
        auto* plot = page_.findChild<parallel::ParallelPlot*>();
        report("parallel plot of all",
               times(
                   [&](int i) {
                       if (i % 2 != 0)
                           return; // there and back is one
                       tabs_->setCurrentIndex(0);
                       plot->setData({});
                       tabs_->setCurrentIndex(2);
                       until([&] { return plot->data().rows() == 100'000; });
                   },
                   true));
        report("parallel plot: a step of a brush", times([&](int i) {
                   parallel::State state = plot->state();
                   state.brushes["psnr_y"] = {35 + i % 10 * 0.1, 40};
                   emit plot->stateWished(state, {}, {});
               }));
        report("scatter plot of all", times(
                                          [&](int i) {
                                              if (i % 2 != 0)
                                                  return;
                                              tabs_->setCurrentIndex(0);
                                              tabs_->setCurrentIndex(1);
                                              settle();
                                          },
                                          true));
    }

private:
    // What is to be painted is painted when the events have been dealt with.
    static void paint()
    {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
    void until(const std::function<bool()>& done)
    {
        while (!done())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
    }
    void settle()
    {
        until([&] { return page_.isSettled(); });
    }
    void wait(int milliseconds)
    {
        QElapsedTimer clock;
        clock.start();
        until([&] { return clock.elapsed() > milliseconds; });
    }
    std::vector<double> times(const std::function<void(int)>& act, bool half = false)
    {
        std::vector<double> taken;
        processor = 0;
        for (int i = 0; i < rounds_; ++i) {
            const std::clock_t before = std::clock();
            QElapsedTimer clock;
            clock.start();
            act(i);
            settle();
            paint();
            processor += static_cast<double>(std::clock() - before) * 1000 / CLOCKS_PER_SEC;
            if (!half || i % 2 == 0)
                taken.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            QCoreApplication::processEvents();
        }
        return taken;
    }
    void filter(const QString& text)
    {
        filter_->setText(text);
        emit filter_->filterChanged();
        settle();
    }
    void sort(int column)
    {
        const auto order = table_->horizontalHeader()->sortIndicatorOrder();
        table_->sortByColumn(column, order == Qt::AscendingOrder ? Qt::DescendingOrder
                                                                 : Qt::AscendingOrder);
        settle();
    }

    int rounds_;
    Runner runner_{"/bin/true"};
    RunsPage page_{runner_};
    FilterBar* filter_ = nullptr;
    QTabBar* tabs_ = nullptr;
    QTableView* table_ = nullptr;
};

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2)
        return 2;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    theme::setTheme(theme::ThemeName::light);
    Bench(argv[1], argc > 2 ? std::atoi(argv[2]) : 40).run();
    return 0;
}
