;; The matrix product of network.js, four columns at a time: products.js has the bytes, `npm run assemble` writes them there.
;; C = A B for A (rows × inner), B (inner × columns) and C (rows × columns). $A, $B and $C are their addresses. $aRow and
;; $aInner are the distances of neighbours in A, $bInner is that of rows in B, all in bytes. Each sum starts at 0 and follows
;; the inner index.
;;
;; A tile has four rows and four columns, so there must be four columns. At an edge, it takes columns again that an earlier
;; tile has computed, or the last row several times.
(module
  (memory (import "engine" "memory") 1)
  (func (export "multiply")
    (param $A i32) (param $aRow i32) (param $aInner i32) (param $B i32) (param $bInner i32)
    (param $C i32) (param $rows i32) (param $inner i32) (param $columns i32)
    (local $width i32) (local $i i32) (local $j i32) (local $k i32) (local $b i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32)
    (local $c0 i32) (local $c1 i32) (local $c2 i32) (local $c3 i32)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128) (local $four v128)
    (local.set $width (i32.shl (local.get $columns) (i32.const 2)))
    (loop $next_rows
      (local.set $j (i32.const 0))
      (loop $next_columns
        (local.set $b (i32.add (local.get $B) (i32.shl (local.get $j) (i32.const 2))))
        (local.set $c0 (i32.add
          (i32.add (local.get $C) (i32.shl (local.get $j) (i32.const 2)))
          (i32.mul (local.get $i) (local.get $width))))
        (local.set $a0 (i32.add (local.get $A) (i32.mul (local.get $i) (local.get $aRow))))
        ;; The next three rows, or the last one again.
        (local.set $k (i32.lt_u (i32.add (local.get $i) (i32.const 1)) (local.get $rows)))
        (local.set $a1 (i32.add (local.get $a0) (i32.mul (local.get $k) (local.get $aRow))))
        (local.set $c1 (i32.add (local.get $c0) (i32.mul (local.get $k) (local.get $width))))
        (local.set $k (i32.lt_u (i32.add (local.get $i) (i32.const 2)) (local.get $rows)))
        (local.set $a2 (i32.add (local.get $a1) (i32.mul (local.get $k) (local.get $aRow))))
        (local.set $c2 (i32.add (local.get $c1) (i32.mul (local.get $k) (local.get $width))))
        (local.set $k (i32.lt_u (i32.add (local.get $i) (i32.const 3)) (local.get $rows)))
        (local.set $a3 (i32.add (local.get $a2) (i32.mul (local.get $k) (local.get $aRow))))
        (local.set $c3 (i32.add (local.get $c2) (i32.mul (local.get $k) (local.get $width))))
        (local.set $sum0 (v128.const f32x4 0 0 0 0))
        (local.set $sum1 (v128.const f32x4 0 0 0 0))
        (local.set $sum2 (v128.const f32x4 0 0 0 0))
        (local.set $sum3 (v128.const f32x4 0 0 0 0))
        (local.set $k (local.get $inner))
        (loop $next_inner
          (local.set $four (v128.load (local.get $b)))
          (local.set $sum0 (f32x4.add (local.get $sum0)
            (f32x4.mul (v128.load32_splat (local.get $a0)) (local.get $four))))
          (local.set $sum1 (f32x4.add (local.get $sum1)
            (f32x4.mul (v128.load32_splat (local.get $a1)) (local.get $four))))
          (local.set $sum2 (f32x4.add (local.get $sum2)
            (f32x4.mul (v128.load32_splat (local.get $a2)) (local.get $four))))
          (local.set $sum3 (f32x4.add (local.get $sum3)
            (f32x4.mul (v128.load32_splat (local.get $a3)) (local.get $four))))
          (local.set $a0 (i32.add (local.get $a0) (local.get $aInner)))
          (local.set $a1 (i32.add (local.get $a1) (local.get $aInner)))
          (local.set $a2 (i32.add (local.get $a2) (local.get $aInner)))
          (local.set $a3 (i32.add (local.get $a3) (local.get $aInner)))
          (local.set $b (i32.add (local.get $b) (local.get $bInner)))
          (br_if $next_inner (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (v128.store (local.get $c0) (local.get $sum0))
        (v128.store (local.get $c1) (local.get $sum1))
        (v128.store (local.get $c2) (local.get $sum2))
        (v128.store (local.get $c3) (local.get $sum3))
        ;; The next four columns, or the last four.
        (local.set $j (i32.add (local.get $j) (i32.const 4)))
        (if (i32.lt_s (local.get $j) (local.get $columns))
          (then
            (if (i32.gt_s (local.get $j) (i32.sub (local.get $columns) (i32.const 4)))
              (then (local.set $j (i32.sub (local.get $columns) (i32.const 4)))))
            (br $next_columns))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $next_rows (i32.lt_s (local.get $i) (local.get $rows))))))
