#pragma once

#include "plugins/calibration/view/scene.h"

#include <QWidget>

#include <vector>

class QHBoxLayout;
class QLabel;

namespace vitrine::calibration_plugin
{

// What calibration does, in numbers that are always in sight.
class Counters : public QWidget
{
    Q_OBJECT
public:
    explicit Counters(QWidget* parent);

    void setScene(const Scene& scene);
    QString valueOf(const QString& name) const; // as shown: "rows_modified"

private:
    struct Counter {
        QString metric;
        QLabel* value = nullptr;
    };
    void add(QHBoxLayout* line, const QString& metric, const QString& words, const QString& help);
    QString shown(const Scene& scene, const QString& metric) const;

    std::vector<Counter> counters_;
};

} // namespace vitrine::calibration_plugin
