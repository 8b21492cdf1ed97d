/** The architectures whose system calls are known here, as `uname -m` names them. */
export type Arch = 'x86_64' | 'aarch64';

/** A system call's numbers; absent: the architecture has none of this name. */
type Numbers = Partial<Record<Arch, number>>;

const both = (x86_64: number, aarch64 = x86_64): Record<Arch, number> => ({ x86_64, aarch64 });

/** System calls whose arguments decide. From 424 on, all architectures share their numbers. */
export const CLONE = both(56, 220);
export const CLONE3 = both(435);
export const SOCKET = both(41, 198);
export const IOCTL = both(16, 29);

/** Asks for room without writing to it. */
export const FALLOCATE = both(285, 47);

/** io_uring: setup, enter, register. What it does for a program passes by the filter, new sockets among it (Linux 5.19). */
export const IO_URING: readonly Numbers[] = [both(425), both(426), both(427)];

/** What is refused, whatever the arguments are (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h). */
export const DENIED: readonly Numbers[] = [
  // Other processes: ptrace, process_vm_readv, process_vm_writev, pidfd_getfd, kcmp.
  both(101, 117),
  both(310, 270),
  both(311, 271),
  both(438),
  both(312, 272),
  // Mounts: mount, umount2, pivot_root, chroot, open_tree, move_mount, fsopen, fsconfig, fsmount, fspick,
  // mount_setattr, open_tree_attr, quotactl, quotactl_fd, swapon, swapoff, acct.
  both(165, 40),
  both(166, 39),
  both(155, 41),
  both(161, 51),
  both(428),
  both(429),
  both(430),
  both(431),
  both(432),
  both(433),
  both(442),
  both(467),
  both(179, 60),
  both(443),
  both(167, 224),
  both(168, 225),
  both(163, 89),
  // Files by handle, past all mounts: name_to_handle_at, open_by_handle_at; fanotify_init, lookup_dcookie.
  both(303, 264),
  both(304, 265),
  both(300, 262),
  both(212, 18),
  // Namespaces: unshare, setns.
  both(272, 97),
  both(308, 268),
  // Keyrings: add_key, request_key, keyctl.
  both(248, 217),
  both(249, 218),
  both(250, 219),
  // The kernel itself: bpf, perf_event_open, userfaultfd, kexec_load, kexec_file_load, init_module, finit_module,
  // delete_module, reboot, syslog, nfsservctl.
  both(321, 280),
  both(298, 241),
  both(323, 282),
  both(246, 104),
  both(320, 294),
  both(175, 105),
  both(313, 273),
  both(176, 106),
  both(169, 142),
  both(103, 116),
  both(180, 42),
  // The machine: settimeofday, clock_settime, clock_adjtime, sethostname, setdomainname, vhangup.
  both(164, 170),
  both(227, 112),
  both(305, 266),
  both(170, 161),
  both(171, 162),
  both(153, 58),
  // Of x86_64 alone: iopl, ioperm, modify_ldt, uselib, _sysctl, create_module, get_kernel_syms, query_module.
  { x86_64: 172 },
  { x86_64: 173 },
  { x86_64: 154 },
  { x86_64: 134 },
  { x86_64: 156 },
  { x86_64: 174 },
  { x86_64: 177 },
  { x86_64: 178 },
];
