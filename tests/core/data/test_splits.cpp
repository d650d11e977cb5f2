// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/splits.h"

#include <QtTest>
#include <algorithm>
#include <map>
#include <set>

#include "core/base/error.h"
#include "core/base/random.h"

using namespace anamorph;

namespace {

SpatialDataset sites(Index n, Index dimension) {
    RandomStream random(11);
    SpatialDataset dataset;
    dataset.coordinates.resize(n, dimension);
    for (Index i = 0; i < n; ++i) {
        for (Index axis = 0; axis < dimension; ++axis) {
            dataset.coordinates(i, axis) = random.uniform(0.0, 100.0);
        }
    }
    dataset.values = random.normals(n);
    dataset.covariates.resize(n, 0);
    return dataset;
}

/// Every row in exactly one fold, ascending within each.
bool is_partition(const Folds& folds, Index n) {
    std::set<Index> seen;
    for (const auto& rows : folds.test_rows) {
        if (rows.empty() || !std::is_sorted(rows.begin(), rows.end())) return false;
        for (const Index row : rows) {
            if (row < 0 || row >= n || !seen.insert(row).second) return false;
        }
    }
    return static_cast<Index>(seen.size()) == n;
}

template <class Function>
bool is_bad_input(Function&& function) {
    try {
        function();
    } catch (const Error& error) {
        return error.code() == ErrorCode::bad_input;
    }
    return false;
}

}  // namespace

class TestSplits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void random_folds_partition_the_rows();
    void blocks_stay_whole();
    void blocks_in_one_and_three_dimensions();
    void groups_are_never_split();
    void a_seed_fixes_the_folds();
    void impossible_folds_are_refused();
};

void TestSplits::random_folds_partition_the_rows() {
    const Folds folds = random_folds(103, 5, 1);
    QVERIFY(is_partition(folds, 103));
    QCOMPARE(folds.test_rows.size(), std::size_t{5});
    for (const auto& rows : folds.test_rows) QVERIFY(rows.size() == 20 || rows.size() == 21);
    QVERIFY(is_partition(random_folds(7, 7, 1), 7));
}

void TestSplits::blocks_stay_whole() {
    const SpatialDataset dataset = sites(400, 2);
    const Folds folds = block_folds(dataset, 4, 4, 5, 1);
    QVERIFY(is_partition(folds, 400));
    QCOMPARE(folds.test_rows.size(), std::size_t{5});
    const Vector low = dataset.coordinates.colwise().minCoeff();
    const Vector high = dataset.coordinates.colwise().maxCoeff();
    std::vector<int> fold_of_block(16, -1);
    for (std::size_t k = 0; k < folds.test_rows.size(); ++k) {
        for (const Index row : folds.test_rows[k]) {
            const auto cell = [&](Index axis) {
                return std::min(3, static_cast<int>(4.0 * (dataset.coordinates(row, axis) - low(axis)) /
                                                    (high(axis) - low(axis))));
            };
            int& fold = fold_of_block[static_cast<std::size_t>(cell(0) + 4 * cell(1))];
            if (fold < 0) fold = static_cast<int>(k);
            QCOMPARE(fold, static_cast<int>(k));
        }
    }
}

void TestSplits::blocks_in_one_and_three_dimensions() {
    const Folds line = block_folds(sites(60, 1), 6, 1, 0, 1);
    QVERIFY(is_partition(line, 60));
    QCOMPARE(line.test_rows.size(), std::size_t{6});
    QVERIFY(is_partition(block_folds(sites(90, 3), 3, 3, 4, 1), 90));
    QCOMPARE(block_folds(sites(900, 2), 6, 6, 0, 1).test_rows.size(), std::size_t{10});
}

void TestSplits::groups_are_never_split() {
    SpatialDataset dataset = sites(200, 3);
    RandomStream random(2);
    for (Index i = 0; i < 200; ++i) dataset.groups.push_back("float " + std::to_string(random.below(23)));
    for (const int folds : {0, 2, 5, 23}) {
        const Folds dealt = group_folds(dataset, folds, 7);
        QVERIFY(is_partition(dealt, 200));
        QCOMPARE(dealt.test_rows.size(), static_cast<std::size_t>(folds == 0 ? 10 : folds));
        QVERIFY(dealt.clustered);
        std::map<std::string, std::size_t> fold_of;
        for (std::size_t k = 0; k < dealt.test_rows.size(); ++k)
            for (const Index row : dealt.test_rows[k])
                QCOMPARE(fold_of.emplace(dataset.groups[static_cast<std::size_t>(row)], k).first->second, k);
    }
    QCOMPARE(group_folds(dataset, 5, 7).test_rows, group_folds(dataset, 5, 7).test_rows);
    QVERIFY(group_folds(dataset, 5, 7).test_rows != group_folds(dataset, 5, 8).test_rows);
    QVERIFY(is_bad_input([&] { (void)group_folds(dataset, 24, 1); }));
    QVERIFY(is_bad_input([&] { (void)group_folds(dataset, 1, 1); }));
    QVERIFY(is_bad_input([] { (void)group_folds(sites(50, 2), 5, 1); }));
    // Sites keep their groups when some are taken out.
    QCOMPARE(dataset.subset({3, 1}).groups, (std::vector<std::string>{dataset.groups[3], dataset.groups[1]}));
}

void TestSplits::a_seed_fixes_the_folds() {
    const SpatialDataset dataset = sites(200, 2);
    QCOMPARE(random_folds(200, 4, 3).test_rows, random_folds(200, 4, 3).test_rows);
    QVERIFY(random_folds(200, 4, 3).test_rows != random_folds(200, 4, 4).test_rows);
    QCOMPARE(block_folds(dataset, 5, 5, 5, 3).test_rows, block_folds(dataset, 5, 5, 5, 3).test_rows);
    QVERIFY(block_folds(dataset, 5, 5, 5, 3).test_rows != block_folds(dataset, 5, 5, 5, 4).test_rows);
}

void TestSplits::impossible_folds_are_refused() {
    const SpatialDataset dataset = sites(50, 2);
    QVERIFY(is_bad_input([] { (void)random_folds(10, 1, 1); }));
    QVERIFY(is_bad_input([] { (void)random_folds(10, 11, 1); }));
    QVERIFY(is_bad_input([&] { (void)block_folds(dataset, 0, 4, 2, 1); }));
    QVERIFY(is_bad_input([&] { (void)block_folds(dataset, 1, 1, 0, 1); }));
    QVERIFY(is_bad_input([&] { (void)block_folds(dataset, 2, 2, 5, 1); }));
    QVERIFY(is_bad_input([] { (void)block_folds(sites(50, 1), 4, 2, 2, 1); }));
}

QTEST_APPLESS_MAIN(TestSplits)
#include "test_splits.moc"
