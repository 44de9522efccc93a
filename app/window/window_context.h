#pragma once

#include "widgets/runner/compute_pool.h"
#include "widgets/view.h"

namespace vitrine
{

class MainWindow;

// What the window offers to its views.
class WindowContext : public ViewContext
{
    Q_OBJECT
public:
    explicit WindowContext(MainWindow& window);

    void change(View* view, const QJsonObject& newState, const QString& label,
                const QString& mergeKey) override;
    void changeLive(View* view, const QJsonObject& newState,
                    const std::map<std::string, std::string>& params, const QString& label,
                    const QString& mergeKey) override;
    void startRun(View* view, const std::string& experiment,
                  const std::map<std::string, std::string>& params, bool compare) override;
    void startRuns(View* view, const std::string& experiment,
                   const std::vector<std::map<std::string, std::string>>& all) override;
    std::optional<std::map<std::string, std::string>>
    formValues(const View* view, const std::string& experiment) const override;
    void openForm(const std::string& experiment,
                  const std::map<std::string, std::string>& params) override;
    LiveRun* openLive(QObject* owner, const std::string& experiment) override;
    void compute(QObject* owner, const QString& key, std::function<void()> work,
                 std::function<void()> done) override;
    void copyFigure(const figure::Figure& figure) override;
    void exportFigure(const figure::Figure& figure) override;
    void showOrigin(const figure::Figure& figure) override;
    void showMessage(const QString& line) override;
    void addToReport(const figure::Figure& figure) override;

    // "Where from?" of a value or a whole view of these runs.
    void showOriginOf(const QStringList& uids, const QString& what);

private:
    MainWindow& window_;
    ComputePool* pool_;
};

} // namespace vitrine
